import { fail, ok, type Result } from "#contract/problem";
import type { ServiceOrder, ServiceSpec, ServiceState } from "#platform/rpc";
import { apply, type SandboxContext, save, touch } from "./context.ts";
import { noteDeath } from "./death.ts";
import type { SandboxDriver } from "./drivers/driver.ts";
import { endOf } from "./exec.ts";
import { isUp } from "./lifecycle.ts";
import { withMachine } from "./machine.ts";
import type { StartedService } from "./record.ts";
import { answers, basicAuth, startService } from "./service-process.ts";

const TOUCH_MS = 10_000;
/** Whoever holds a service asks it something more often than this; one that does not is gone, however its answer ended. */
const HOLD_MS = 120_000;

/** What belongs to this life of the object: starts under way by name, and who holds each service's process. */
interface Present {
  starting: Map<string, Promise<Result<ServiceState>>>;
  held: Map<string, Map<string, () => void>>;
  askedAt: number;
}
const presents = new WeakMap<SandboxContext, Present>();

function presentOf(context: SandboxContext): Present {
  const present = presents.get(context) ?? { starting: new Map(), held: new Map(), askedAt: 0 };
  presents.set(context, present);
  return present;
}

/** Does what is ordered of a service. */
export function orderService(context: SandboxContext, order: ServiceOrder): Promise<Result<ServiceState>> {
  switch (order.do) {
    case "ensure":
      return ensureService(context, order.spec);
    case "let_go":
      return releaseService(context, order.name, order.holder);
    case "end":
      return endService(context, order.name);
  }
}

/** Runs the service as described, the machine included. Parallel calls share one start. */
async function ensureService(context: SandboxContext, spec: ServiceSpec): Promise<Result<ServiceState>> {
  const { starting } = presentOf(context);
  const under = starting.get(spec.name);
  if (under) return under;
  const start = withMachine(context, (driver) => ensure(context, driver, spec)).finally(() =>
    starting.delete(spec.name),
  );
  starting.set(spec.name, start);
  return start;
}

async function ensure(
  context: SandboxContext,
  driver: SandboxDriver,
  spec: ServiceSpec,
): Promise<Result<ServiceState>> {
  if (spec.needs === "opencode") {
    const { state, detail } = await driver.prepareOpenCode();
    if (state === "fetching") return ok({ state: "preparing", detail });
    if (state === "failed") return fail("unavailable", detail);
  }
  const known = running(context, spec.name);
  const same = known !== null && JSON.stringify(known.spec) === JSON.stringify(spec);
  if (same && (await answers(driver, known))) return ok({ state: "running" });
  const started = await startService(context, driver, spec);
  return started.ok ? ok({ state: "running" }) : started;
}

/** The service of the present machine, as far as the record says. */
function running(context: SandboxContext, name: string): StartedService | null {
  const { lease, services, state } = context.record;
  const found = services.find((one) => one.spec.name === name);
  return isUp(state) && found?.lease === lease ? found : null;
}

async function endService(context: SandboxContext, name: string): Promise<Result<ServiceState>> {
  const service = running(context, name);
  save(context, { services: context.record.services.filter((one) => one.spec.name !== name) });
  if (service === null) return ok({ state: "ended" });
  return withMachine(context, async (driver) => {
    await driver.killProcess(service.processId);
    return ok({ state: "ended" });
  });
}

/** Passes a request to a service that runs; `unavailable` where it does not. Its password is added here and known nowhere else. */
export async function fetchService(context: SandboxContext, request: Request): Promise<Result<Response>> {
  const url = new URL(request.url);
  const [, name = "", path = "/"] = /^\/service\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
  const service = running(context, name);
  const driver = service && context.deps.driver(context.record.binding, context.record.lease);
  if (!service || !driver) return gone(name);
  const init = { method: request.method, headers: innerHeaders(request, service), body: request.body };
  try {
    const response = await driver.fetchPort(new Request(`http://service${path}${url.search}`, init), service.port);
    // The host's own answers: the machine is another one by now, or nobody listens.
    if (response.status === 410 || response.status === 502) return gone(name);
    touch(context);
    presentOf(context).askedAt = context.deps.now();
    const holder = request.headers.get("x-quayside-hold");
    return ok(holder === null ? response : hold(context, { service, holder }, response));
  } catch (error) {
    noteDeath(context, service.lease, error);
    return gone(name);
  }
}

function innerHeaders(request: Request, service: StartedService): Headers {
  const headers = new Headers([...request.headers].filter(([header]) => !header.startsWith("x-quayside-")));
  headers.set("authorization", basicAuth(service));
  return headers;
}

function gone(name: string): Result<never> {
  return fail("unavailable", `${name || "The service"} does not run in the sandbox.`, { retryAfterS: 1 });
}

/** The answer, which keeps the sandbox busy until it ends or the holder says so or is gone. */
function hold(context: SandboxContext, by: { service: StartedService; holder: string }, response: Response): Response {
  if (response.body === null) return response;
  const { held } = presentOf(context);
  const { processId } = by.service;
  const reader = response.body.getReader();
  const leave = () => void reader.cancel().catch(() => undefined);
  held.set(processId, new Map(held.get(processId)).set(by.holder, leave));
  apply(context, "work", { running: [...new Set([...context.record.running, processId])] });
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const release = () => letGo(context, processId, by.holder);
  void passOn(reader, writable, toucher(context)).finally(release);
  return new Response(readable, response);
}

/** The holder needs the service no more. A repeat does nothing. */
async function releaseService(context: SandboxContext, name: string, holder: string): Promise<Result<ServiceState>> {
  const service = running(context, name);
  if (service) letGo(context, service.processId, holder);
  return ok({ state: service ? "running" : "ended" });
}

function letGo(context: SandboxContext, processId: string, holder: string): void {
  const { held } = presentOf(context);
  const holders = held.get(processId);
  holders?.get(holder)?.();
  if (!holders?.delete(holder) || holders.size > 0) return;
  held.delete(processId);
  endOf(context, processId);
}

function toucher(context: SandboxContext): () => void {
  let touchedAt = context.deps.now();
  return () => {
    const now = context.deps.now();
    if (now - touchedAt < TOUCH_MS) return;
    touchedAt = now;
    touch(context);
  };
}

/** Passes a body on until it ends or nobody reads it. */
async function passOn(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  sink: WritableStream<Uint8Array>,
  onPiece: () => void,
): Promise<void> {
  const writer = sink.getWriter();
  for (const closed of [writer.closed, reader.closed]) closed.catch(() => undefined);
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      onPiece();
      await writer.write(next.value);
    }
    await writer.close();
  } catch (error) {
    await Promise.allSettled([reader.cancel(error), writer.abort(error)]);
  }
}

/** Whether an id in the list of what runs is a service that nobody holds, such as after the object was evicted. */
export function isUnheldService(context: SandboxContext, id: string): boolean {
  const known = context.record.services.some((one) => one.processId === id);
  const { held, askedAt } = presentOf(context);
  if (context.deps.now() - askedAt > HOLD_MS) held.delete(id);
  return known && !held.has(id);
}
