import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { SCROLLABLE } from "../ui/scrollable.ts";
import { ApprovalCard } from "./approval-card.tsx";
import { asksOf } from "./pending-ask.tsx";
import { QuestionCard } from "./question-card.tsx";

/** The oldest thing that waits for a person, always in reach above the composer. */
export function PinnedAsks() {
  const asks = asksOf(useHead());
  const first = asks[0];
  if (!first) return null;
  return (
    <section
      {...SCROLLABLE}
      className="appear max-h-[40dvh] overflow-y-auto rounded-10"
      aria-label={text.approval.pinned}
    >
      {asks.length > 1 && <p className="pb-1 text-12 text-n11">{text.approval.more(asks.length)}</p>}
      {first.kind === "approval" ? (
        <ApprovalCard key={first.approval.id} approval={first.approval} keys />
      ) : (
        <QuestionCard key={first.question.id} question={first.question} keys />
      )}
    </section>
  );
}
