import { useRouteLoaderData } from "@remix-run/react";
import { type FormEvent, useMemo, useState } from "react";
import type { Problem } from "#contract/problem";
import { problemFrom } from "../../lib/api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { cost } from "../../lib/format.ts";
import { moneyApi } from "../../lib/money-api.ts";
import { dollarsOf, microUsdOf } from "../../lib/money-form.ts";
import { text } from "../../lib/text.ts";
import { budgetsText, conversationBudgetText } from "../../lib/text-money.ts";
import type { loader as frameLoader } from "../../routes/frame.tsx";
import { Button } from "../ui/button.tsx";
import { Field, noteId } from "../ui/field.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { useAnswerOf } from "./use-answer-of.ts";

interface ConversationBudgetProps {
  conversationId: string;
  /** As the conversation has it now: the budget is read again when it changes. */
  costMicroUsd: number;
}

const words = conversationBudgetText;

/** How much of its budget a conversation has spent. Administrators set its own limit here. */
export function ConversationBudget({ conversationId, costMicroUsd }: ConversationBudgetProps) {
  const role = useRouteLoaderData<typeof frameLoader>("routes/frame")?.me.member.role;
  const load = useMemo(
    () => (costMicroUsd >= 0 ? () => moneyApi(browserApi).budget(conversationId) : null),
    [conversationId, costMicroUsd],
  );
  const { value, reload } = useAnswerOf(load);
  if (!value) return null;
  const { limitMicroUsd, ownLimitMicroUsd, spentMicroUsd, reservedMicroUsd } = value;
  return (
    <section className="flex flex-col gap-2" aria-label={words.title}>
      <h3 className="text-12 text-n11">{words.title}</h3>
      <p className="text-13 tabular-nums">
        {words.spent(cost(spentMicroUsd), limitMicroUsd === null ? null : cost(limitMicroUsd))}{" "}
        {reservedMicroUsd > 0 && words.held(cost(reservedMicroUsd))}
      </p>
      {(role === "admin" || role === "owner") && (
        <OwnLimit key={ownLimitMicroUsd} conversationId={conversationId} own={ownLimitMicroUsd} onSet={reload} />
      )}
    </section>
  );
}

function OwnLimit(props: { conversationId: string; own: number | null; onSet: () => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [wrong, setWrong] = useState(false);
  const set = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const ownLimitMicroUsd = microUsdOf(String(new FormData(event.currentTarget).get("ownLimit") ?? ""));
    setWrong(ownLimitMicroUsd === undefined);
    if (ownLimitMicroUsd === undefined) return;
    try {
      await moneyApi(browserApi).setBudget(props.conversationId, { ownLimitMicroUsd });
      setProblem(null);
      props.onSet();
    } catch (error) {
      setProblem(problemFrom(error));
    }
  };
  const error = wrong ? text.fieldError(budgetsText.notAmount) : undefined;
  return (
    <form onSubmit={set} className="flex flex-col gap-2">
      <Field id="ownLimit" label={words.own} hint={words.ownHint} error={error}>
        <span className="flex gap-2">
          <input
            id="ownLimit"
            name="ownLimit"
            inputMode="decimal"
            className="field max-w-40 tabular-nums"
            defaultValue={dollarsOf(props.own)}
            aria-describedby={noteId("ownLimit")}
            aria-invalid={wrong}
          />
          <Button type="submit">{words.set}</Button>
        </span>
      </Field>
      {problem && <ProblemNotice problem={problem} />}
    </form>
  );
}
