import { z } from "zod";
import { approval, question } from "./ask.ts";
import { groupId, itemId, runId } from "./ids.ts";
import { problem } from "./problem.ts";
import { finalRunStatus, group, item, reportedItem, waitingReason } from "./run.ts";

/** What an executor says of its run. Ids are the executor's, so a report said twice is one event. */
export const report = z.discriminatedUnion("type", [
  z.object({ type: z.literal("group.opened"), group: group.omit({ seq: true }) }),
  z.object({ type: z.literal("group.closed"), groupId }),
  z.object({ type: z.literal("item.started"), item: reportedItem }),
  z.object({
    type: z.literal("item.updated"),
    itemId,
    changes: item.pick({ title: true, status: true, detail: true }).partial(),
  }),
  z.object({ type: z.literal("item.completed"), item: reportedItem }),
  z.object({ type: z.literal("approval.requested"), approval }),
  z.object({ type: z.literal("question.asked"), question }),
  z.object({ type: z.literal("run.waiting"), reason: waitingReason }),
  z.object({ type: z.literal("run.resumed") }),
  z.object({ type: z.literal("changes.changed"), files: z.number().int().nonnegative() }),
  z.object({ type: z.literal("title.suggested"), title: z.string().min(1).max(200) }),
  z.object({
    type: z.literal("run.finished"),
    status: finalRunStatus,
    stopReason: z.string(),
    problem: problem.nullable(),
  }),
]);
export type Report = z.infer<typeof report>;

/**
 * One frame of the report socket, thread → conversation. `reports` are durable and numbered from `n` (the number of the
 * first), 1 for the first of the run; `deltas` are not numbered: offsets decide. `epoch` is the run's fence.
 */
export const reportFrame = z.object({
  runId,
  epoch: z.number().int().positive(),
  n: z.number().int().positive(),
  reports: z.array(report),
  deltas: z.array(z.object({ itemId, offset: z.number().int().nonnegative(), text: z.string() })),
});
export type ReportFrame = z.infer<typeof reportFrame>;

/** Conversation → thread. `n` acknowledges every report up to and including it (stored and flushed). */
export const reportReply = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ack"), n: z.number().int().nonnegative() }),
  /** The growing text is shorter here than the delta's offset: send it again from `have`. */
  z.object({ type: z.literal("resend"), itemId, have: z.number().int().nonnegative() }),
  /** The epoch is old or the run is over: stop, and report nothing more. */
  z.object({ type: z.literal("fenced") }),
]);
export type ReportReply = z.infer<typeof reportReply>;
