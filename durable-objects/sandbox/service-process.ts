import { fail, ok, type Result } from "#contract/problem";
import type { ServiceSpec } from "#platform/rpc";
import { type SandboxContext, save } from "./context.ts";
import { DriverError, type SandboxDriver } from "./drivers/driver.ts";
import type { StartedService } from "./record.ts";

const START_MS = 30_000;
const PAUSE_MS = 100;
const ANSWER_MS = 1_000;
/** A port may be taken by somebody else on this machine; then another is tried. */
const TRIES = 3;
const PORTS = { from: 20_000, count: 30_000 };

/** Starts a service on a port of its own under a password of its own, and waits until it serves. */
export async function startService(
  context: SandboxContext,
  driver: SandboxDriver,
  spec: ServiceSpec,
): Promise<Result<StartedService>> {
  const { lease } = context.record;
  if (lease === null) throw new DriverError("lost", "The sandbox is not running.");
  const older = context.record.services.find((one) => one.spec.name === spec.name);
  if (older?.lease === lease) await driver.killProcess(older.processId);
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const started: StartedService = {
      spec,
      lease,
      processId: `service-${spec.name}-${crypto.randomUUID()}`,
      port: PORTS.from + ((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % PORTS.count),
      password: crypto.randomUUID().replaceAll("-", ""),
    };
    const others = context.record.services.filter((one) => one.spec.name !== spec.name);
    save(context, { services: [...others, started] });
    await driver.startProcess(spec.argv, {
      processId: started.processId,
      env: { ...spec.env, SERVICE_PORT: String(started.port), [spec.password.env]: started.password },
    });
    if (await serves(driver, started)) return ok(started);
    await driver.killProcess(started.processId);
  }
  context.deps.log("sandbox.service_failed", { sandboxId: context.record.binding.sandboxId, service: spec.name });
  return fail("unavailable", `${spec.name} did not start in the sandbox.`, { retryAfterS: 5 });
}

async function serves(driver: SandboxDriver, service: StartedService): Promise<boolean> {
  for (const until = Date.now() + START_MS; Date.now() < until; ) {
    if (await answers(driver, service)) return true;
    const mine = (await driver.listProcesses()).find((one) => one.id === service.processId);
    if (mine?.status !== "running") return false;
    await sleep(PAUSE_MS);
  }
  return false;
}

/** Whether the service runs and serves, under its own password: another program on its port does not pass for it. */
export async function answers(driver: SandboxDriver, service: StartedService): Promise<boolean> {
  const request = new Request(`http://service${service.spec.health}`, {
    headers: { authorization: basicAuth(service) },
  });
  const asked = driver.fetchPort(request, service.port).then(async (response) => {
    await response.arrayBuffer();
    return response.ok;
  });
  asked.catch(() => undefined);
  // A server that is still starting may take a request and never answer it.
  return Promise.race([asked, sleep(ANSWER_MS).then(() => false)]);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function basicAuth({ spec, password }: StartedService): string {
  return `Basic ${btoa(`${spec.password.user}:${password}`)}`;
}

/** Starts again what is marked to come back with the machine. What fails is started by whoever needs it. */
export async function startMarked(context: SandboxContext, driver: SandboxDriver): Promise<void> {
  const { services, lease } = context.record;
  for (const { spec } of services.filter((one) => one.spec.start && one.lease !== lease)) {
    try {
      await startService(context, driver, spec);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
    }
  }
}
