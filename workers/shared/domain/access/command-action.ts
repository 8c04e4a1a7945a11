import type { CommandType } from "#contract/command";
import type { ConversationAction } from "./actions.ts";

/** What giving a command is. */
export const COMMAND_ACTION = {
  "message.post": "conversation.post",
  "message.edit": "conversation.post",
  "message.delete": "conversation.post",
  "run.cancel": "conversation.post",
  "run.retry": "conversation.post",
  "queue.remove": "conversation.post",
  "queue.reorder": "conversation.post",
  "approval.decide": "conversation.decide",
  "question.answer": "conversation.post",
  "question.dismiss": "conversation.post",
  "conversation.rename": "conversation.change",
  "conversation.configure": "conversation.change",
  "conversation.archive": "conversation.change",
  fork: "conversation.change",
  "participant.add": "conversation.change",
  "participant.remove": "conversation.leave",
  "read.move": "conversation.read",
} as const satisfies Record<CommandType, ConversationAction>;
