import { fail, ok, type Problem, type Result } from "#contract/problem";
import type { SandboxStatus } from "#contract/sandbox";
import { apply, type SandboxContext, save, statusOf, touch } from "./context.ts";
import { DriverError, type DriverErrorCode, type SandboxDriver } from "./drivers/driver.ts";
import { isUp } from "./lifecycle.ts";
import { fillWorkspace } from "./provision.ts";

const NO_DRIVER = "This deployment has no containers for sandboxes: SANDBOX_CONTAINER is not bound.";
const LOST = "The sandbox went away. It starts again when it is needed.";

const CODES = {
  lost: "unavailable",
  unavailable: "unavailable",
  invalid: "invalid",
  not_found: "not_found",
  conflict: "conflict",
  too_large: "too_large",
  internal: "internal",
} as const satisfies Record<DriverErrorCode, Problem["code"]>;

/** The public problem of anything a driver call threw; what is no `DriverError` is logged and `internal`. */
export function problemOfDriver<T = never>(context: SandboxContext, error: unknown): Result<T> {
  if (!(error instanceof DriverError)) {
    context.deps.log("sandbox.failed", { sandboxId: context.record.binding.sandboxId }, error);
    return fail("internal", "The sandbox could not do this.");
  }
  const fields = error.field === null ? {} : { fields: [{ field: error.field, message: error.message }] };
  const retry = CODES[error.code] === "unavailable" ? { retryAfterS: 1 } : {};
  return fail(CODES[error.code], error.message, { ...fields, ...retry });
}

/**
 * Calls `use` with the machine up, starting it where needed. A machine found dead is replaced once and the call made
 * again, so `use` must be good to repeat when it throws `lost`.
 */
export async function withMachine<T>(
  context: SandboxContext,
  use: (driver: SandboxDriver) => Promise<Result<T>>,
): Promise<Result<T>> {
  for (let attempt = 1; ; attempt++) {
    const driver = await ensureUp(context);
    if (!driver.ok) return driver;
    touch(context);
    const { lease } = context.record;
    try {
      return await use(driver.value);
    } catch (error) {
      noteDeath(context, lease, error);
      if (!isLost(error) || attempt > 1) return problemOfDriver(context, error);
    }
  }
}

/**
 * Records that the machine of a lease died where that is what an error says. Its files may live on; its commands do not. A
 * late error about an earlier machine says nothing of the present one.
 */
export function noteDeath(context: SandboxContext, lease: string | null, error: unknown): void {
  const dead = error instanceof DriverError && (error.code === "lost" || error.code === "unavailable");
  if (dead && isUp(context.record.state) && context.record.lease === lease)
    apply(context, "fail", { detail: LOST, lease: null, running: [] });
}

function isLost(error: unknown): boolean {
  return error instanceof DriverError && error.code === "lost";
}

/** The driver of a running machine; parallel first calls share one start. */
export async function ensureUp(context: SandboxContext): Promise<Result<SandboxDriver>> {
  if (context.closing) await context.closing.catch(() => undefined);
  if (context.starting) return context.starting;
  const { deps, record } = context;
  const driver = deps.driver(record.binding, record.lease);
  if (driver === null) return fail("unavailable", NO_DRIVER);
  if (isUp(record.state)) return ok(driver);
  context.starting = provision(context, driver).finally(() => {
    context.starting = null;
  });
  return context.starting;
}

async function provision(context: SandboxContext, driver: SandboxDriver): Promise<Result<SandboxDriver>> {
  // An object that was evicted while it provisioned begins again from its stored state.
  if (context.record.state === "provisioning") apply(context, "fail", { detail: "The start was interrupted." });
  const begun = apply(context, "provision", { detail: progressOf(context), running: [] });
  if (!begun.ok) return begun;
  const filled = await open(context, driver).catch((error: unknown) => problemOfDriver<null>(context, error));
  // Somebody may have deleted it meanwhile; then nothing of it stays.
  if (context.record.state !== "provisioning") {
    await driver.destroy().catch(() => undefined);
    return fail("conflict", "The sandbox was deleted.");
  }
  if (!filled.ok) {
    apply(context, "fail", { detail: filled.problem.detail, lease: null });
    return filled;
  }
  const ready = apply(context, "ready", { lastActivityAt: context.deps.now() });
  return ready.ok ? ok(driver) : ready;
}

function progressOf(context: SandboxContext): string {
  const { provisioned, binding } = context.record;
  return provisioned || binding.repository === null ? "Starting" : `Cloning ${binding.repository.name}`;
}

/** Opens the machine, and fills its workspace unless an earlier one survived whole. */
async function open(context: SandboxContext, driver: SandboxDriver): Promise<Result<null>> {
  const opened = await driver.open();
  save(context, { lease: opened.lease });
  if (context.record.provisioned && !opened.created) return ok(null);
  save(context, { provisioned: false, baseCommit: null, changesDigest: null });
  const filled = await fillWorkspace(context, driver);
  if (filled.ok) save(context, { provisioned: true, baseCommit: filled.value });
  return filled.ok ? ok(null) : filled;
}

export async function start(context: SandboxContext): Promise<Result<SandboxStatus>> {
  const up = await withMachine(context, async (driver) => {
    // A cheap call under the lease finds a machine that died unseen.
    await driver.listProcesses();
    return ok(null);
  });
  return up.ok ? ok(statusOf(context)) : up;
}

/** Ends what runs and keeps the files; `conflict` while commands run. */
export async function stop(context: SandboxContext): Promise<Result<SandboxStatus>> {
  const { deps, record } = context;
  const stopped = apply(context, "stop", { lease: null });
  if (!stopped.ok) return stopped;
  await close(context, deps.driver(record.binding, record.lease));
  return ok(statusOf(context));
}

/**
 * Ends the machine, keeping its files. What starts meanwhile waits: files that it wrote between their keeping and the end
 * would be lost.
 */
export async function close(context: SandboxContext, driver: SandboxDriver | null): Promise<void> {
  if (driver === null) return;
  context.closing ??= driver.close().finally(() => {
    context.closing = null;
  });
  try {
    await context.closing;
  } catch (error) {
    // A machine that cannot be reached runs nothing; the next start opens it under a new lease.
    if (!(error instanceof DriverError)) throw error;
  }
}

/** Stops it, and starts it again with the same files. */
export async function restart(context: SandboxContext): Promise<Result<SandboxStatus>> {
  const stopped = await stop(context);
  return stopped.ok ? start(context) : stopped;
}

/** Deletes the machine and its files, whatever it is doing. A repeat does nothing. */
export async function destroy(context: SandboxContext): Promise<Result<null>> {
  const { deps, record } = context;
  const deleted = apply(context, "delete", { lease: null, running: [], changesDueAt: null, provisioned: false });
  if (!deleted.ok) return deleted;
  await context.closing?.catch(() => undefined);
  try {
    await deps.driver(record.binding, record.lease)?.destroy();
    return ok(null);
  } catch (error) {
    return problemOfDriver(context, error);
  }
}
