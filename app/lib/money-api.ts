import { type ConversationBudgetPatch, conversationBudget } from "#contract/budget";
import { conversationUsage } from "#contract/usage";
import type { Api } from "./api.ts";

/** What the panel asks about a conversation's money; apart from the api that every page loads. */
export function moneyApi({ call }: Pick<Api, "call">) {
  const of = (id: string, rest: string) => `/api/conversations/${encodeURIComponent(id)}/${rest}`;
  return {
    /** What its model calls used, per model. */
    usage: (id: string) => call.get(of(id, "usage"), conversationUsage),
    budget: (id: string) => call.get(of(id, "budget"), conversationBudget),
    setBudget: (id: string, body: ConversationBudgetPatch) =>
      call.json(of(id, "budget"), conversationBudget, ["PATCH", body]),
  };
}
