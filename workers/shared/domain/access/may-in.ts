import type { ConversationHead } from "#contract/conversation";
import type { ConversationAction } from "./actions.ts";
import { type ConversationResource, can, type Subject } from "./can.ts";

/** What a decision on access reads of a principal. */
export type Caller =
  | ({ kind: "member" } & Subject)
  | { kind: "run" | "sandbox"; conversationId: string }
  | { kind: "service" };

/** Whether a caller of the same org may do this in a conversation. */
export function mayIn(caller: Caller, action: ConversationAction, head: ConversationHead): boolean {
  if (caller.kind === "service") return true;
  if (caller.kind !== "member") return action === "conversation.read" && caller.conversationId === head.id;
  return can(caller, action, resourceOf(head));
}

/** What a decision on access reads of a conversation. */
export function resourceOf(head: ConversationHead): ConversationResource {
  return {
    kind: "conversation",
    spaceId: head.spaceId,
    participantIds: head.participants.map((one) => one.memberId),
  };
}
