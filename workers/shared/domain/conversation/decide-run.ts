import type { CommandOf } from "#contract/command";
import type { Thread } from "#contract/conversation";
import type { Event } from "#contract/event";
import { LIMITS } from "#contract/limits";
import { fail, type Problem, type Result } from "#contract/problem";
import type { Run } from "#contract/run";
import { NO_USAGE } from "#contract/usage";
import { type DecideContext, type Decision, decided, findRun, isFinal, type View } from "./decision.ts";

type NewRun = Omit<Run, "seq" | "endSeq">;
export interface Ending {
  status: "succeeded" | "failed" | "cancelled";
  stopReason: string;
  problem: Problem | null;
}

/** A new run for a message with the conversation's present settings. */
export function newRun(
  view: Pick<View, "head">,
  ctx: Pick<DecideContext, "now" | "newId">,
  of: { messageId: string; retryOf?: string },
): NewRun {
  const thread = mainThread(view);
  return {
    id: ctx.newId("run"),
    threadId: thread.id,
    agentId: thread.agentId,
    messageId: of.messageId,
    ...view.head.settings,
    status: "queued",
    waitingFor: null,
    epoch: 1,
    retryOf: of.retryOf ?? null,
    replayOf: null,
    queuedAt: ctx.now,
    startedAt: null,
    finishedAt: null,
    stopReason: null,
    problem: null,
    usage: NO_USAGE,
  };
}

/** The thread that answers people. A conversation is created with it. */
export function mainThread(view: Pick<View, "head">): Thread {
  const thread = view.head.threads[0];
  if (!thread) throw new Error("a conversation has a thread from its first event");
  return thread;
}

/** The event that makes a run active. */
export function startRun(run: NewRun | Run, now: string): Event {
  const { seq: _seq, endSeq: _endSeq, ...rest } = { seq: 0, endSeq: null, ...run };
  return { type: "run.started", run: { ...rest, status: "running", startedAt: now } };
}

/** Starts the run at once, or queues it behind the active one. */
export function startOrQueue(view: View, run: NewRun, now: string): Result<Event[]> {
  const thread = mainThread(view);
  if (thread.activeRunId === null) return { ok: true, value: [startRun(run, now)] };
  if (thread.queue.length >= LIMITS.queueDepth) {
    return fail("conflict", `The queue holds ${LIMITS.queueDepth} prompts at the most. Remove one, or wait.`, {
      limit: "queue 20",
    });
  }
  return { ok: true, value: [{ type: "run.queued", run }] };
}

/**
 * Ends an active run: its pending asks expire, its open items close with the text they have, and unless `startNext` is
 * false the next of the queue starts.
 */
export function endRun(view: View, run: Run, how: Ending & { now: string; startNext?: boolean }): Event[] {
  const events: Event[] = [
    ...view.head.approvals
      .filter((one) => one.runId === run.id)
      .map((one): Event => ({ type: "approval.expired", approvalId: one.id })),
    ...view.head.questions
      .filter((one) => one.runId === run.id)
      .map((one): Event => ({ type: "question.expired", questionId: one.id })),
    ...view.openItems(run.id).map((item): Event => {
      const { seq: _seq, ...rest } = item;
      const status = how.status === "cancelled" ? "cancelled" : "interrupted";
      return { type: "item.completed", item: { ...rest, status, completedAt: how.now } };
    }),
    {
      type: "run.finished",
      runId: run.id,
      status: how.status,
      stopReason: how.stopReason,
      usage: run.usage,
      problem: how.problem,
    },
  ];
  return how.startNext === false ? events : [...events, ...startNext(view, run.threadId, how.now)];
}

function startNext(view: View, threadId: string, now: string): Event[] {
  if (view.head.archivedAt !== null) return [];
  const queue = view.head.threads.find((thread) => thread.id === threadId)?.queue ?? [];
  const next = queue.map((id) => view.run(id)).find((run) => run !== undefined);
  return next ? [startRun(next, now)] : [];
}

export function cancelRun(view: View, command: CommandOf<"run.cancel">, ctx: DecideContext): Result<Decision> {
  const found = findRun(view, command.runId);
  if (!found.ok) return found;
  const run = found.value;
  if (isFinal(run.status)) return fail("conflict", "This run is over already.");
  if (run.status === "queued") return removeFromQueue(view, { ...command, type: "queue.remove" }, ctx);
  const how = { status: "cancelled" as const, stopReason: `Stopped by ${ctx.by.name}`, problem: null, now: ctx.now };
  return decided(endRun(view, run, how), { runId: run.id });
}

export function retryRun(view: View, command: CommandOf<"run.retry">, ctx: DecideContext): Result<Decision> {
  const found = findRun(view, command.runId);
  if (!found.ok) return found;
  if (!isFinal(found.value.status)) return fail("conflict", "Only a run that is over can be tried again.");
  const run = newRun(view, ctx, { messageId: found.value.messageId, retryOf: found.value.id });
  const events = startOrQueue(view, run, ctx.now);
  return events.ok ? decided(events.value, { runId: run.id }) : events;
}

export function removeFromQueue(view: View, command: CommandOf<"queue.remove">, ctx: DecideContext): Result<Decision> {
  const found = findRun(view, command.runId);
  if (!found.ok) return found;
  if (found.value.status !== "queued") return fail("conflict", "This run is not in the queue any more.");
  return decided(dequeue(view, found.value, `Removed from the queue by ${ctx.by.name}`), { runId: command.runId });
}

/** Takes a queued run out; it ends as cancelled without ever having started. */
export function dequeue(view: View, run: Run, stopReason: string): Event[] {
  const queue = view.head.threads.find((thread) => thread.id === run.threadId)?.queue ?? [];
  return [
    { type: "run.queue_changed", threadId: run.threadId, queue: queue.filter((id) => id !== run.id) },
    { type: "run.finished", runId: run.id, status: "cancelled", stopReason, usage: run.usage, problem: null },
  ];
}

export function reorderQueue(view: View, command: CommandOf<"queue.reorder">): Result<Decision> {
  const thread = view.head.threads.find((one) => one.id === command.threadId);
  if (!thread) return fail("not_found", "This conversation has no such thread.");
  const same = [...thread.queue].sort().join() === [...command.queue].sort().join();
  if (!same) return fail("conflict", "The queue has changed meanwhile. Look again and reorder what is there now.");
  return decided([{ type: "run.queue_changed", threadId: thread.id, queue: command.queue }]);
}
