import { z } from "zod";
import { approvalDecision } from "./ask.ts";
import { conversationFork, conversationPatch } from "./conversation.ts";
import { approvalId, clientKey, conversationId, memberId, messageId, questionId, runId, threadId } from "./ids.ts";
import { messageEdit, messagePost } from "./message.ts";

const of = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), clientId: clientKey, ...shape });

/** What a person or program may ask of a conversation, over REST and over the socket alike. */
export const command = z.discriminatedUnion("type", [
  of("message.post", messagePost.omit({ clientId: true }).shape),
  of("message.edit", { messageId, ...messageEdit.shape }),
  of("message.delete", { messageId }),
  of("run.cancel", { runId }),
  of("run.retry", { runId }),
  of("queue.remove", { runId }),
  of("queue.reorder", { threadId, queue: z.array(runId).max(20) }),
  of("approval.decide", { approvalId, ...approvalDecision.shape }),
  of("question.answer", { questionId, answers: z.array(z.string().min(1).max(8000)).min(1).max(20) }),
  of("question.dismiss", { questionId }),
  of("conversation.rename", { title: conversationPatch.shape.title.unwrap() }),
  of("conversation.configure", conversationPatch.omit({ title: true, archived: true }).shape),
  of("conversation.archive", { archived: z.boolean() }),
  of("fork", conversationFork.shape),
  of("participant.add", { memberId }),
  of("participant.remove", { memberId }),
  of("read.move", { seq: z.number().int().nonnegative() }),
]);
export type Command = z.infer<typeof command>;
export type CommandType = Command["type"];
export type CommandOf<T extends CommandType> = Extract<Command, { type: T }>;

/** The first result of a command; a repeat of its `clientId` gives the same. `seq` is the last event it appended. */
export const commandResult = z.object({
  seq: z.number().int().nonnegative(),
  messageId: messageId.optional(),
  runId: runId.optional(),
  /** The conversation that a fork made. */
  conversationId: conversationId.optional(),
});
export type CommandResult = z.infer<typeof commandResult>;
