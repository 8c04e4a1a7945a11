import { fail, ok, type Problem, type Result } from "#contract/problem";
import type { SandboxStatus } from "#contract/sandbox";
import { apply, type SandboxContext, save, statusOf, touch } from "./context.ts";
import { noteDeath } from "./death.ts";
import { DriverError, type DriverErrorCode, type SandboxDriver } from "./drivers/driver.ts";
import { fillingWords } from "./filled.ts";
import { isUp } from "./lifecycle.ts";
import { fillWorkspace } from "./provision.ts";
import { restore } from "./restore.ts";
import { startMarked } from "./service-process.ts";

const NO_DRIVER = "This deployment has no containers for sandboxes: SANDBOX_CONTAINER is not bound.";

const REWRITTEN =
  "The repository was rewritten after its files were first read here. They are as of its newest commit.";

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
  const filled = await open(context, driver).catch((error: unknown) => problemOfDriver<string | null>(context, error));
  // Somebody may have deleted it meanwhile; then nothing of it stays.
  if (context.record.state !== "provisioning") {
    await driver.destroy().catch(() => undefined);
    return fail("conflict", "The sandbox was deleted.");
  }
  if (!filled.ok) {
    apply(context, "fail", { detail: filled.problem.detail, lease: null });
    return filled;
  }
  const ready = apply(context, "ready", { detail: filled.value, lastActivityAt: context.deps.now() });
  if (!ready.ok) return ready;
  void startMarked(context, driver).catch((error: unknown) => problemOfDriver(context, error));
  return ok(driver);
}

function progressOf(context: SandboxContext): string {
  const { provisioned, snapshots, binding } = context.record;
  const hasFiles = provisioned || snapshots.length > 0 || Boolean(binding.restoreFrom);
  return hasFiles || binding.repository === null ? "Starting" : `Cloning ${binding.repository.name}`;
}

/**
 * Opens the machine, and fills its workspace unless an earlier one survived whole: from the newest snapshot, or else from the
 * repository. Answers what people should know of that.
 */
async function open(context: SandboxContext, driver: SandboxDriver): Promise<Result<string | null>> {
  const opened = await driver.open();
  const { provisioned: replaced, unsaved, binding } = context.record;
  save(context, { lease: opened.lease });
  if (replaced && !opened.created) return ok(null);
  save(context, { provisioned: false, baseCommit: null, changesDigest: null });
  const restored = await restore(context, driver);
  const filled = restored === null ? await fillWorkspace(context, driver) : ok(restored.baseCommit);
  if (!filled.ok) return filled;
  const { now } = context.deps;
  const rewritten = context.record.readCommit !== null && context.record.readCommit !== filled.value;
  save(context, {
    treeDueAt: restored === null && filled.value !== null ? now() : null,
    readCommit: null,
    provisioned: true,
    baseCommit: filled.value,
    unsaved: restored === null ? "clone" : "nothing",
    changesDueAt: restored === null ? null : now(),
  });
  if (rewritten) return ok(REWRITTEN);
  const lost = unsaved === "changes";
  return ok(fillingWords({ restored, replaced, lost, repository: binding.repository !== null, now: now() }));
}

export async function start(context: SandboxContext): Promise<Result<SandboxStatus>> {
  const up = await withMachine(context, async (driver) => {
    // A cheap call under the lease finds a machine that died unseen.
    await driver.listProcesses();
    return ok(null);
  });
  return up.ok ? ok(statusOf(context)) : up;
}
