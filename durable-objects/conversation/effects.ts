import { z } from "zod";
import { approval, question } from "#contract/ask";
import { auditRecord } from "#contract/audit";
import type { ConversationHead } from "#contract/conversation";
import type { Envelope } from "#contract/event";
import { auditOf } from "./audit-effects.ts";

/** What must happen outside the object because of an event. Kept as JSON in the outbox. */
export const effect = z.discriminatedUnion("type", [
  z.object({ type: z.literal("thread.start"), runId: z.string() }),
  z.object({ type: z.literal("thread.steer"), runId: z.string(), messageId: z.string() }),
  z.object({ type: z.literal("thread.cancel"), runId: z.string(), reason: z.string() }),
  z.object({ type: z.literal("thread.approval"), runId: z.string(), approval }),
  z.object({ type: z.literal("thread.question"), runId: z.string(), question }),
  z.object({ type: z.literal("index") }),
  z.object({ type: z.literal("read"), memberId: z.string(), seq: z.number() }),
  z.object({ type: z.literal("sandbox.stop") }),
  z.object({ type: z.literal("terminals.close"), memberId: z.string() }),
  z.object({ type: z.literal("sandbox.keep"), seq: z.number(), at: z.number() }),
  z.object({
    type: z.literal("fork.create"),
    conversationId: z.string(),
    atSeq: z.number(),
    title: z.string(),
    by: z.object({ memberId: z.string(), name: z.string() }),
    at: z.string(),
  }),
  /** `key` is the event's own: however often it is told, it is one entry. */
  z.object({ type: z.literal("audit"), record: auditRecord, key: z.string() }),
]);
export type Effect = z.infer<typeof effect>;

export interface PlannedEffect {
  lane: string;
  effect: Effect;
  /** A later effect with the same key replaces an earlier one that still waits. */
  key?: string;
}

/** The effects of one event. `before` is the head from before the event: a decided ask is still in it. Pure. */
export function effectsOf(envelope: Envelope, before: ConversationHead | null): PlannedEffect[] {
  const record = auditOf(envelope, before);
  const key = `${envelope.conversationId}/${envelope.seq}`;
  const audit: PlannedEffect[] = record ? [{ lane: "audit", effect: { type: "audit", record, key } }] : [];
  return [...audit, ...consequences(envelope, before)];
}

function consequences({ event, by, at, seq }: Envelope, before: ConversationHead | null): PlannedEffect[] {
  const index: PlannedEffect = { lane: "index", effect: { type: "index" }, key: "index" };
  switch (event.type) {
    case "read.moved":
      return [
        {
          lane: "index",
          effect: { type: "read", memberId: event.memberId, seq: event.seq },
          key: `read:${event.memberId}`,
        },
      ];
    case "run.started":
      return [index, thread({ type: "thread.start", runId: event.run.id })];
    case "run.waiting":
      return event.reason === "stalled" ? [index, thread({ type: "thread.start", runId: event.runId })] : [index];
    case "message.posted":
      return [index, ...steerEffects(event.message, before)];
    case "run.finished":
      return [
        index,
        thread({ type: "thread.cancel", runId: event.runId, reason: event.stopReason }),
        { lane: "sandbox", effect: { type: "sandbox.keep", seq, at: Date.parse(at) }, key: "sandbox.keep" },
      ];
    case "participant.left":
      return [index, { lane: "terminals", effect: { type: "terminals.close", memberId: event.memberId } }];
    case "conversation.archived":
      return [index, { lane: "sandbox", effect: { type: "sandbox.stop" }, key: "sandbox.stop" }];
    case "fork.created": {
      const { type: _type, name, ...fork } = event;
      return [{ lane: "fork", effect: { type: "fork.create", ...fork, by: { memberId: by.memberId, name }, at } }];
    }
    default:
      return [index, ...askEffects(event, before)];
  }
}

/** A steering message goes to the run that was active before it; one that found none is the prompt of its own run. */
function steerEffects(
  message: { id: string; mode: string; runId: string | null },
  before: ConversationHead | null,
): PlannedEffect[] {
  const { id, mode, runId } = message;
  const active = runId !== null && before?.threads.some((one) => one.activeRunId === runId);
  return mode === "steer" && active ? [thread({ type: "thread.steer", runId, messageId: id })] : [];
}

function thread(one: Effect): PlannedEffect {
  return { lane: "thread", effect: one };
}

function askEffects(event: Envelope["event"], before: ConversationHead | null): PlannedEffect[] {
  const decided = decidedApproval(event, before);
  if (decided) return [thread({ type: "thread.approval", runId: decided.runId, approval: decided })];
  const answered = answeredQuestion(event, before);
  return answered ? [thread({ type: "thread.question", runId: answered.runId, question: answered })] : [];
}

function decidedApproval(event: Envelope["event"], before: ConversationHead | null) {
  if (event.type !== "approval.decided" && event.type !== "approval.expired") return null;
  const known = before?.approvals.find((one) => one.id === event.approvalId);
  if (!known) return null;
  if (event.type === "approval.expired") return { ...known, status: "expired" as const };
  return {
    ...known,
    status: event.decision === "deny" ? ("denied" as const) : ("approved" as const),
    scope: event.decision === "deny" ? null : event.decision === "always" ? ("always" as const) : ("once" as const),
    decidedBy: event.memberId,
    reason: event.reason,
  };
}

function answeredQuestion(event: Envelope["event"], before: ConversationHead | null) {
  if (event.type === "question.answered") {
    const known = before?.questions.find((one) => one.id === event.questionId);
    return known ? { ...known, status: "answered" as const, answers: event.answers, answeredBy: event.memberId } : null;
  }
  if (event.type !== "question.dismissed" && event.type !== "question.expired") return null;
  const known = before?.questions.find((one) => one.id === event.questionId);
  if (!known) return null;
  const status = event.type === "question.dismissed" ? ("dismissed" as const) : ("expired" as const);
  return { ...known, status, answeredBy: event.type === "question.dismissed" ? event.memberId : null };
}
