import { z } from "zod";
import { approval, question } from "./ask.ts";
import { conversationHead, conversationSettings } from "./conversation.ts";
import {
  approvalId,
  conversationId,
  groupId,
  itemId,
  memberId,
  messageId,
  questionId,
  runId,
  threadId,
  timestamp,
} from "./ids.ts";
import { actor } from "./member.ts";
import { message } from "./message.ts";
import { problem } from "./problem.ts";
import { finalRunStatus, group, item, run, waitingReason } from "./run.ts";
import { openPort, sandboxStatus } from "./sandbox.ts";
import { callPurpose, usage } from "./usage.ts";

const of = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...shape });

/** Everything that can happen in a conversation. Writers are strict; readers skip types they do not know. */
export const event = z.discriminatedUnion("type", [
  of("conversation.created", { head: conversationHead }),
  of("conversation.renamed", { title: z.string(), titleBy: z.enum(["auto", "person"]) }),
  of("conversation.archived", {}),
  of("conversation.restored", {}),
  of("conversation.configured", { settings: conversationSettings.partial() }),
  of("participant.joined", { memberId, kind: actor.shape.kind, name: z.string() }),
  of("participant.left", { memberId }),
  of("message.posted", { message: message.omit({ seq: true }) }),
  of("message.edited", { messageId, content: z.string() }),
  of("message.deleted", { messageId }),
  of("message.range_deleted", { fromSeq: z.number().int(), toSeq: z.number().int() }),
  of("reaction.changed", { messageId, memberId, emoji: z.string(), present: z.boolean() }),
  of("run.queued", { run: run.omit({ seq: true, endSeq: true }) }),
  of("run.started", { run: run.omit({ seq: true, endSeq: true }) }),
  of("run.waiting", { runId, reason: waitingReason }),
  of("run.resumed", { runId, epoch: z.number().int().positive() }),
  of("run.finished", {
    runId,
    status: finalRunStatus,
    stopReason: z.string(),
    usage,
    problem: problem.nullable(),
  }),
  of("run.queue_changed", { threadId, queue: z.array(runId) }),
  of("group.opened", { group: group.omit({ seq: true }) }),
  of("group.closed", { groupId }),
  of("item.started", { item: item.omit({ seq: true }) }),
  of("item.updated", { itemId, changes: item.pick({ title: true, status: true, detail: true }).partial() }),
  of("item.completed", { item: item.omit({ seq: true }) }),
  of("approval.requested", { approval }),
  of("approval.decided", {
    approvalId,
    decision: z.enum(["approve", "always", "deny"]),
    memberId,
    reason: z.string().nullable(),
  }),
  of("approval.expired", { approvalId }),
  of("question.asked", { question }),
  of("question.answered", { questionId, answers: z.array(z.string()), memberId }),
  of("question.dismissed", { questionId, memberId }),
  of("question.expired", { questionId }),
  of("sandbox.changed", { sandbox: sandboxStatus }),
  of("port.opened", { port: openPort }),
  of("port.closed", { port: openPort.shape.port }),
  of("changes.changed", { files: z.number().int().nonnegative() }),
  of("git.committed", { commit: z.string(), branch: z.string(), message: z.string(), files: z.number().int() }),
  of("git.pushed", { commit: z.string(), branch: z.string() }),
  of("pull_request.opened", { url: z.string(), number: z.number().int(), title: z.string() }),
  of("pull_request.changed", { url: z.string(), number: z.number().int(), state: z.string() }),
  of("read.moved", { memberId, seq: z.number().int().nonnegative() }),
  of("usage.recorded", {
    runId: runId.nullable(),
    model: z.string(),
    usage,
    /** Absent: a step of the run. */
    purpose: callPurpose.optional(),
  }),
  /** Another conversation began from this one as it was at `atSeq`; its own log says so in its head. */
  of("fork.created", { conversationId, atSeq: z.number().int().positive(), title: z.string(), name: z.string() }),
]);
export type Event = z.infer<typeof event>;
export type EventType = Event["type"];
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;

/** The same bytes in a WebSocket frame, an SSE `data` line and a long-poll item. A cursor is a `seq`, nothing else. */
export const envelope = z.object({
  seq: z.number().int().positive(),
  at: timestamp,
  conversationId,
  by: actor,
  runId: runId.optional(),
  event,
});
export type Envelope = z.infer<typeof envelope>;

export const eventsQuery = z.object({
  since: z.coerce.number().int().nonnegative().optional(),
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
  /** Seconds a long-poll may be held. */
  wait: z.coerce.number().int().min(0).max(60).optional(),
});

/** Answer of the GET and long-poll lanes. `next` is the cursor for the next call. */
export const eventsPage = z.object({
  events: z.array(envelope),
  next: z.number().int().nonnegative(),
  /** Present instead of events when `since` is too old to catch up from. */
  snapshot: z.unknown().optional(),
});
