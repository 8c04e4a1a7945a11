import type { CommandOf } from "#contract/command";
import type { Event } from "#contract/event";
import { LIMITS } from "#contract/limits";
import type { Message } from "#contract/message";
import { fail, ok, type Result } from "#contract/problem";
import { dequeue, endRun, mainThread, newRun, startOrQueue, startRun } from "./decide-run.ts";
import { type DecideContext, type Decision, decided, type View } from "./decision.ts";

const encoder = new TextEncoder();

/** `message.post`: the message, and what becomes of it by its mode and by what is running (spec §4). */
export function postMessage(view: View, command: CommandOf<"message.post">, ctx: DecideContext): Result<Decision> {
  const refused = checkContent(view, command.content);
  if (refused) return refused;
  const active = activeRun(view);
  if (command.mode === "steer" && active) {
    const message = newMessage(command, ctx, active.id);
    return decided([...joined(view, ctx), { type: "message.posted", message }], {
      messageId: message.id,
      runId: active.id,
    });
  }
  const messageId = ctx.newId("message");
  const run = newRun(view, ctx, { messageId });
  const work = workFor(view, { run, interrupt: command.mode === "interrupt" }, ctx);
  if (!work.ok) return work;
  const message = { ...newMessage(command, ctx, run.id), id: messageId };
  const { before, after } = work.value;
  return decided([...joined(view, ctx), ...before, { type: "message.posted", message }, ...after], {
    messageId,
    runId: run.id,
  });
}

interface Work {
  run: ReturnType<typeof newRun>;
  interrupt: boolean;
}

function workFor(view: View, work: Work, ctx: DecideContext): Result<{ before: Event[]; after: Event[] }> {
  const active = activeRun(view);
  if (work.interrupt && active) {
    const how = { status: "cancelled" as const, stopReason: `Interrupted by ${ctx.by.name}`, problem: null };
    const before = endRun(view, active, { ...how, now: ctx.now, startNext: false });
    return ok({ before, after: [startRun(work.run, ctx.now)] });
  }
  const after = startOrQueue(view, work.run, ctx.now);
  return after.ok ? ok({ before: [], after: after.value }) : after;
}

/**
 * A steering message that came after its run had ended in the thread: it becomes the prompt of a run of its own, once,
 * whatever the queue's depth. Where a person stopped the run, what was said to it is stopped with it.
 */
export function missedSteer(
  view: View,
  missed: { messageId: string; runId: string },
  ctx: Pick<DecideContext, "now" | "newId">,
): Event[] {
  const message = view.message(missed.messageId);
  const steered = view.run(missed.runId);
  const stopped = steered?.status === "cancelled" || view.head.archivedAt !== null;
  if (!message || message.deletedAt !== null || stopped) return [];
  if (message.runId !== missed.runId || steered?.messageId === message.id) return [];
  const run = newRun(view, ctx, { messageId: message.id });
  return mainThread(view).activeRunId === null ? [startRun(run, ctx.now)] : [{ type: "run.queued", run }];
}

function activeRun(view: View) {
  const id = mainThread(view).activeRunId;
  return id === null ? undefined : view.run(id);
}

function newMessage(command: CommandOf<"message.post">, ctx: DecideContext, runId: string): Omit<Message, "seq"> {
  return {
    id: ctx.newId("message"),
    authorId: ctx.by.memberId,
    authorKind: ctx.by.kind,
    content: command.content,
    attachments: ctx.attachments,
    mode: command.mode,
    runId,
    reactions: [],
    createdAt: ctx.now,
    editedAt: null,
    deletedAt: null,
  };
}

/** Whoever speaks takes part. */
function joined(view: View, ctx: DecideContext): Event[] {
  if (view.head.participants.some((one) => one.memberId === ctx.by.memberId)) return [];
  return [{ type: "participant.joined", memberId: ctx.by.memberId, kind: ctx.by.kind, name: ctx.by.name }];
}

function checkContent(view: View, content: string): Result<never> | null {
  if (view.head.archivedAt !== null) return fail("conflict", "This conversation is archived. Restore it to go on.");
  if (encoder.encode(content).byteLength > LIMITS.messageBytes) {
    const limit = `${LIMITS.messageBytes / 1024} KiB`;
    return fail("too_large", `A message may hold ${limit} at the most. Attach longer texts as files.`, {
      limit: `message ${limit}`,
      fields: [{ field: "content", message: `is longer than ${limit}` }],
    });
  }
  return null;
}

export function editMessage(view: View, command: CommandOf<"message.edit">, ctx: DecideContext): Result<Decision> {
  const refused = checkContent(view, command.content);
  if (refused) return refused;
  const found = ownMessage(view, command.messageId, ctx);
  if (!found.ok) return found;
  return decided([{ type: "message.edited", messageId: command.messageId, content: command.content }], {
    messageId: command.messageId,
  });
}

/** `message.delete`: a prompt that still waits in the queue leaves it with its message. */
export function deleteMessage(view: View, command: CommandOf<"message.delete">, ctx: DecideContext): Result<Decision> {
  const found = ownMessage(view, command.messageId, ctx);
  if (!found.ok) return found;
  const run = found.value.runId === null ? undefined : view.run(found.value.runId);
  const queued = run?.status === "queued" && run.messageId === command.messageId;
  const events = queued && run ? dequeue(view, run, "Its message was deleted") : [];
  return decided([...events, { type: "message.deleted", messageId: command.messageId }], {
    messageId: command.messageId,
  });
}

function ownMessage(view: View, messageId: string, ctx: DecideContext): Result<Message> {
  const message = view.message(messageId);
  if (!message || message.deletedAt !== null) return fail("not_found", "This conversation has no such message.");
  if (message.authorId !== ctx.by.memberId && !ctx.by.admin) {
    return fail("forbidden", "Only its author or an administrator may change a message.");
  }
  return ok(message);
}
