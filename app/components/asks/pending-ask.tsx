import type { Approval, Question } from "#contract/ask";
import type { ConversationHead } from "#contract/conversation";
import { useLive } from "../../lib/live/use-live.ts";
import { ApprovalCard } from "./approval-card.tsx";
import { QuestionCard } from "./question-card.tsx";

export type Ask = { kind: "approval"; approval: Approval } | { kind: "question"; question: Question };

/** Everything that waits for a person, oldest first. */
export function asksOf(head: ConversationHead | null): Ask[] {
  const approvals = (head?.approvals ?? []).map((approval): Ask => ({ kind: "approval", approval }));
  const questions = (head?.questions ?? []).map((question): Ask => ({ kind: "question", question }));
  return [...approvals, ...questions].sort((a, b) => askedAt(a).localeCompare(askedAt(b)));
}

function askedAt(ask: Ask): string {
  return ask.kind === "approval" ? ask.approval.requestedAt : ask.question.askedAt;
}

/** The card of an item's pending approval or question, in the flow. */
export function PendingAsk({ itemId }: { itemId: string }) {
  const approval = useLive((store) => store.state.head?.approvals.find((one) => one.itemId === itemId));
  const question = useLive((store) => store.state.head?.questions.find((one) => one.itemId === itemId));
  if (approval) return <ApprovalCard approval={approval} />;
  return question ? <QuestionCard question={question} /> : null;
}
