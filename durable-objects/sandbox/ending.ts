import { fail, ok, type Result } from "#contract/problem";
import type { SandboxStatus } from "#contract/sandbox";
import { dropSurplus } from "./collect.ts";
import { apply, type SandboxContext, save, statusOf } from "./context.ts";
import { DriverError, type SandboxDriver } from "./drivers/driver.ts";
import { isUp } from "./lifecycle.ts";
import { problemOfDriver, start } from "./machine.ts";
import { keepFiles, type SnapshotEnd } from "./snapshots.ts";

/** After a sleep that had to be given up, the next try. */
const RETRY_MS = 60_000;
const NOT_KEPT = "The files could not be saved, so the sandbox stays up. Try again in a moment.";
const ON_DISK = "Its files could not be saved. They stay on the machine it ran on.";

/** Ends what runs and keeps the files; `conflict` while commands run, `unavailable` where the files cannot be kept. */
export async function stop(context: SandboxContext): Promise<Result<SandboxStatus>> {
  if (context.record.state === "sleeping") return finishSleep(context);
  if (isUp(context.record.state)) return sleep(context, "Saving its files");
  const { deps, record } = context;
  const stopped = apply(context, "stop", { lease: null });
  if (!stopped.ok) return stopped;
  await ended(context, () => closeMachine(deps.driver(record.binding, record.lease)));
  return ok(statusOf(context));
}

/** Stops it, and starts it again with the same files. */
export async function restart(context: SandboxContext): Promise<Result<SandboxStatus>> {
  const stopped = await stop(context);
  return stopped.ok ? start(context) : stopped;
}

/** Puts a ready sandbox to sleep: its files are kept, then its machine is ended. */
export async function sleep(context: SandboxContext, detail: string): Promise<Result<SandboxStatus>> {
  const sleeping = apply(context, "sleep", { detail });
  return sleeping.ok ? finishSleep(context) : sleeping;
}

/** Goes on from `sleeping`, also after an interruption. What starts meanwhile waits for the end. */
export async function finishSleep(context: SandboxContext): Promise<Result<SandboxStatus>> {
  await ended(context, () => keepAndClose(context));
  if (isUp(context.record.state) && context.record.detail === NOT_KEPT) return fail("unavailable", NOT_KEPT);
  return ok(statusOf(context));
}

async function keepAndClose(context: SandboxContext): Promise<void> {
  const { deps } = context;
  const driver = deps.driver(context.record.binding, context.record.lease);
  const end = driver === null ? "gone" : await keepWhatIsLeft(context, driver);
  const kept = end === "kept" || end === "same" || end === "gone";
  if (context.record.state !== "sleeping") return;
  if (driver !== null && !kept && !driver.keepsDisk) {
    apply(context, "ready", { detail: NOT_KEPT, lastActivityAt: deps.now() - deps.idleMs + RETRY_MS });
    return;
  }
  await closeMachine(driver);
  if (context.record.state === "sleeping") apply(context, "stop", { lease: null, detail: kept ? null : ON_DISK });
}

/** Where the machine is gone but its disk is kept, the files are there under another lease. */
async function keepWhatIsLeft(context: SandboxContext, driver: SandboxDriver): Promise<SnapshotEnd> {
  const end = await keepFiles(context, driver, "sleep");
  if (end !== "gone" || !driver.keepsDisk || context.record.state !== "sleeping") return end;
  const opened = await driver.open().catch(() => null);
  return opened === null || opened.created ? end : keepFiles(context, driver, "sleep");
}

/** One end at a time: who asks for a second joins the first. */
async function ended(context: SandboxContext, end: () => Promise<void>): Promise<void> {
  context.closing ??= end().finally(() => {
    context.closing = null;
  });
  await context.closing;
}

/** A machine that cannot be reached runs nothing; the next start opens it under a new lease. */
async function closeMachine(driver: SandboxDriver | null): Promise<void> {
  try {
    await driver?.close();
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
  }
}

/** Deletes the machine, its files and every snapshot of them that no fork starts from, whatever it is doing. A repeat does nothing. */
export async function destroy(context: SandboxContext): Promise<Result<null>> {
  const { deps, record } = context;
  const deleted = apply(context, "delete", { lease: null, running: [], changesDueAt: null, provisioned: false });
  if (!deleted.ok) return deleted;
  // The alarm deletes what nobody else starts from, and lets go of what this sandbox started from.
  save(context, { snapshotDueAt: null, garbageDueAt: deps.now() });
  dropSurplus(context);
  await context.closing?.catch(() => undefined);
  try {
    if (record.state !== "none") await deps.driver(record.binding, record.lease)?.destroy();
    return ok(null);
  } catch (error) {
    return problemOfDriver(context, error);
  }
}

/** Destroys it and leaves nothing, for the purge of an org. */
export async function erase(context: SandboxContext): Promise<Result<null>> {
  const destroyed = await destroy(context);
  if (destroyed.ok) await context.store.erase();
  return destroyed;
}
