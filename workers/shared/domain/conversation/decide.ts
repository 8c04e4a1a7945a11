import type { Command, CommandOf, CommandType } from "#contract/command";
import type { Event } from "#contract/event";
import { fail, ok, type Result } from "#contract/problem";
import { forkConversation } from "./decide-fork.ts";
import { deleteMessage, editMessage, postMessage } from "./decide-message.ts";
import { addParticipant, removeParticipant } from "./decide-participant.ts";
import { cancelRun, endRun, removeFromQueue, reorderQueue, retryRun } from "./decide-run.ts";
import { type DecideContext, type Decision, decided, NOTHING, type View } from "./decision.ts";

type Decide<T extends CommandType> = (view: View, command: CommandOf<T>, ctx: DecideContext) => Result<Decision>;

const DECIDERS: { [T in CommandType]: Decide<T> } = {
  "message.post": postMessage,
  "message.edit": editMessage,
  "message.delete": deleteMessage,
  "run.cancel": cancelRun,
  "run.retry": retryRun,
  "queue.remove": removeFromQueue,
  "queue.reorder": reorderQueue,
  "approval.decide": decideApproval,
  "question.answer": answerQuestion,
  "question.dismiss": dismissQuestion,
  "conversation.rename": (view, command) => {
    if (view.head.title === command.title && view.head.titleBy === "person") return ok(NOTHING);
    return decided([{ type: "conversation.renamed", title: command.title, titleBy: "person" }]);
  },
  "conversation.configure": configure,
  "conversation.archive": archive,
  fork: forkConversation,
  "participant.add": addParticipant,
  "participant.remove": removeParticipant,
  "read.move": moveRead,
};

/** What a command makes happen in a conversation as it is, or the problem that refuses it. Pure (CV1). */
export function decide(view: View, command: Command, ctx: DecideContext): Result<Decision> {
  const decider = DECIDERS[command.type] as Decide<typeof command.type>;
  return decider(view, command as never, ctx);
}

function decideApproval(view: View, command: CommandOf<"approval.decide">, ctx: DecideContext): Result<Decision> {
  const approval = view.head.approvals.find((one) => one.id === command.approvalId);
  if (!approval) return fail("conflict", "This approval is not pending: somebody decided it, or it expired.");
  if (approval.expiresAt <= ctx.now) return fail("conflict", "This approval has expired.");
  return decided([
    {
      type: "approval.decided",
      approvalId: approval.id,
      decision: command.decision,
      memberId: ctx.by.memberId,
      reason: command.reason ?? null,
    },
  ]);
}

function answerQuestion(view: View, command: CommandOf<"question.answer">, ctx: DecideContext): Result<Decision> {
  const question = view.head.questions.find((one) => one.id === command.questionId);
  if (!question) return fail("conflict", "This question is not pending: somebody answered it, or it expired.");
  if (question.expiresAt <= ctx.now) return fail("conflict", "This question has expired.");
  const labels = new Set(question.options.map((option) => option.label));
  if (!question.multiple && command.answers.length > 1) {
    return fail("invalid", "answers: this question takes one answer.", {
      fields: [{ field: "answers", message: "takes one answer" }],
    });
  }
  if (!question.allowCustom && command.answers.some((answer) => !labels.has(answer))) {
    return fail("invalid", "answers: must be among the options.", {
      fields: [{ field: "answers", message: "must be among the options" }],
    });
  }
  return decided([
    { type: "question.answered", questionId: question.id, answers: command.answers, memberId: ctx.by.memberId },
  ]);
}

function dismissQuestion(view: View, command: CommandOf<"question.dismiss">, ctx: DecideContext): Result<Decision> {
  const question = view.head.questions.find((one) => one.id === command.questionId);
  if (!question) return fail("conflict", "This question is not pending: somebody answered it, or it expired.");
  return decided([{ type: "question.dismissed", questionId: question.id, memberId: ctx.by.memberId }]);
}

function configure(view: View, command: CommandOf<"conversation.configure">): Result<Decision> {
  const { type: _type, clientId: _clientId, ...settings } = command;
  const changed = Object.entries(settings).some(
    ([name, value]) => view.head.settings[name as keyof typeof settings] !== value,
  );
  return changed ? decided([{ type: "conversation.configured", settings }]) : ok(NOTHING);
}

/** Archiving stops the work that is under way; nothing of it is lost. */
function archive(view: View, command: CommandOf<"conversation.archive">, ctx: DecideContext): Result<Decision> {
  const archived = view.head.archivedAt !== null;
  if (command.archived === archived) return ok(NOTHING);
  if (!command.archived) return decided([{ type: "conversation.restored" }]);
  const reason = `Archived by ${ctx.by.name}`;
  const ending = { status: "cancelled" as const, stopReason: reason, problem: null, now: ctx.now, startNext: false };
  const events = view.head.threads.flatMap((thread): Event[] => {
    const active = thread.activeRunId === null ? undefined : view.run(thread.activeRunId);
    const waiting = thread.queue.map(
      (runId): Event => ({
        type: "run.finished",
        runId,
        status: "cancelled",
        stopReason: reason,
        usage: view.run(runId)?.usage ?? { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costMicroUsd: 0 },
        problem: null,
      }),
    );
    const emptied: Event[] = waiting.length > 0 ? [{ type: "run.queue_changed", threadId: thread.id, queue: [] }] : [];
    return [...emptied, ...waiting, ...(active ? endRun(view, active, ending) : [])];
  });
  return decided([...events, { type: "conversation.archived" }]);
}

function moveRead(view: View, command: CommandOf<"read.move">, ctx: DecideContext): Result<Decision> {
  if (command.seq > view.seq) return fail("invalid", "seq: is from the future.");
  const reader = view.head.participants.find((one) => one.memberId === ctx.by.memberId);
  if (reader && reader.readSeq >= command.seq) return ok(NOTHING);
  return decided([{ type: "read.moved", memberId: ctx.by.memberId, seq: command.seq }]);
}
