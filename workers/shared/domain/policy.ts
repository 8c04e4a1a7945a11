import type { ConversationHead } from "#contract/conversation";

/** What a decision on access reads of a principal. */
export type Caller =
  | { kind: "member"; memberId: string; role: "owner" | "admin" | "member" | "guest" }
  | { kind: "run" | "sandbox"; conversationId: string }
  | { kind: "service" };

/** Whether a caller of the same org may see and use a conversation: guests only those they take part in. */
export function mayUseConversation(caller: Caller, head: ConversationHead): boolean {
  if (caller.kind === "service") return true;
  if (caller.kind !== "member") return caller.conversationId === head.id;
  return caller.role !== "guest" || head.participants.some((one) => one.memberId === caller.memberId);
}
