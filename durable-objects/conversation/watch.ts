import type { Event } from "#contract/event";
import { endRun } from "#domain/conversation/decide-run";
import type { View } from "#domain/conversation/decision";

/** A run that reports nothing this long is stalled; one that runs this long without a pause is ended (spec §4). */
export const STALL_MS = 10 * 60_000;
export const HARD_LIMIT_MS = 2 * 60 * 60_000;

/** What is known of the active run's time, in ms since the epoch. */
export interface RunClock {
  runId: string;
  /** When it last began to run: a wait for a person does not count. */
  sinceMs: number;
  heardMs: number;
}

/** What has to happen to the active run now: nothing, `run.waiting` because it is silent, or its end. Pure. */
export function watchRun(view: View, clock: RunClock, nowMs: number): Event[] {
  const run = view.run(clock.runId);
  if (!run || (run.status !== "running" && run.waitingFor !== "stalled")) return [];
  if (nowMs - clock.sinceMs >= HARD_LIMIT_MS) {
    const detail = "The run took longer than two hours and was ended.";
    const problem = { code: "limit_exceeded" as const, detail, limit: "run 2 h" };
    return endRun(view, run, { status: "failed", stopReason: detail, problem, now: new Date(nowMs).toISOString() });
  }
  const silent = nowMs - clock.heardMs >= STALL_MS && run.waitingFor !== "stalled";
  return silent ? [{ type: "run.waiting", runId: run.id, reason: "stalled" }] : [];
}

/** The asks whose time is over. Pure. */
export function expireAsks(view: View, now: string): Event[] {
  return [
    ...view.head.approvals
      .filter((one) => one.expiresAt <= now)
      .map((one): Event => ({ type: "approval.expired", approvalId: one.id })),
    ...view.head.questions
      .filter((one) => one.expiresAt <= now)
      .map((one): Event => ({ type: "question.expired", questionId: one.id })),
  ];
}
