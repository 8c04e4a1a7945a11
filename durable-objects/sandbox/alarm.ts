import { settle } from "#platform/problem-response";
import type { SandboxReport } from "#platform/rpc";
import { collect } from "./collect.ts";
import { queueReport, type SandboxContext, save } from "./context.ts";
import { noteDeath } from "./death.ts";
import { DriverError } from "./drivers/driver.ts";
import { finishSleep, sleep } from "./ending.ts";
import { endOf } from "./exec.ts";
import { changesDigest } from "./git.ts";
import { isIdle, isUp } from "./lifecycle.ts";
import { isUnheldService } from "./services.ts";
import { keepIfDue } from "./snapshots.ts";
import { storeTreeIfDue } from "./tree-cache.ts";

const RETRY_MS = 1_000;
const RETRY_MAX_MS = 60_000;

/** Does everything that is due, and arms the alarm for what comes next. A late or repeated alarm does nothing wrong. */
export async function onAlarm(context: SandboxContext): Promise<void> {
  await settleCommands(context);
  await lookForChanges(context);
  // What is known is told before anything that takes long.
  await deliverReports(context);
  keepIfDue(context);
  void storeTreeIfDue(context);
  await sleepIfIdle(context);
  await collect(context);
  await deliverReports(context);
  save(context, {});
}

/** Commands whose end nobody saw, such as those of an object that was evicted meanwhile, are over when the machine says so. */
async function settleCommands(context: SandboxContext): Promise<void> {
  const driver = driverOf(context);
  const { lease, state } = context.record;
  if (state !== "busy" || driver === null) return;
  try {
    const alive = new Set(
      (await driver.listProcesses()).filter((one) => one.status === "running").map((one) => one.id),
    );
    for (const id of context.record.running) if (!alive.has(id) || isUnheldService(context, id)) endOf(context, id);
    if (context.record.state === "busy") save(context, { lastActivityAt: context.deps.now() });
  } catch (error) {
    noteDeath(context, lease, error);
    if (!(error instanceof DriverError)) throw error;
  }
}

async function lookForChanges(context: SandboxContext): Promise<void> {
  const { changesDueAt, lease } = context.record;
  if (changesDueAt === null || changesDueAt > context.deps.now()) return;
  save(context, { changesDueAt: null });
  const driver = driverOf(context);
  if (driver === null) return;
  try {
    const found = await changesDigest(context, driver);
    if (found === null || found.digest === context.record.changesDigest) return;
    save(context, { changesDigest: found.digest });
    queueReport(context, { type: "changes.changed", files: found.files });
  } catch (error) {
    noteDeath(context, lease, error);
    if (!(error instanceof DriverError)) throw error;
  }
}

/** An alarm that was interrupted while it put the sandbox to sleep goes on from there. */
async function sleepIfIdle(context: SandboxContext): Promise<void> {
  const { deps, record } = context;
  if (isIdle(record, deps.now(), deps.idleMs)) await sleep(context, "Nothing happened for a while");
  else if (record.state === "sleeping") await finishSleep(context);
}

function driverOf(context: SandboxContext) {
  const { deps, record } = context;
  return isUp(record.state) ? deps.driver(record.binding, record.lease) : null;
}

/** Offers the stored reports in order. The first that is not taken stays first, and is offered again later. */
async function deliverReports(context: SandboxContext): Promise<void> {
  const { outboxDueAt } = context.record;
  if (outboxDueAt !== null && outboxDueAt > context.deps.now()) return;
  for (let [next] = context.record.outbox; next !== undefined; [next] = context.record.outbox) {
    if (!(await deliver(context, next))) return;
    save(context, { outbox: context.record.outbox.slice(1), outboxFailures: 0 });
  }
  save(context, { outboxDueAt: null, outboxFailures: 0 });
}

/** Whether a report is done with: taken, or refused for good, which would stop every later report. */
async function deliver(context: SandboxContext, report: SandboxReport): Promise<boolean> {
  const { deps, record } = context;
  const taken = await settle(deps.report(record.binding, report), "conversation");
  if (taken.ok) return true;
  if (!isTemporary(taken.problem.code)) {
    deps.log("sandbox.report_refused", { sandboxId: record.binding.sandboxId, code: taken.problem.code });
    return true;
  }
  const failures = context.record.outboxFailures + 1;
  const waitMs = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** Math.min(failures, 10));
  save(context, { outboxFailures: failures, outboxDueAt: deps.now() + waitMs });
  return false;
}

function isTemporary(code: string): boolean {
  return ["unavailable", "internal", "rate_limited", "upstream_failed"].includes(code);
}
