import { Form, useNavigation } from "@remix-run/react";
import type { Budgets } from "#contract/budget";
import type { Problem } from "#contract/problem";
import { cost } from "../../lib/format.ts";
import { dollarsOf } from "../../lib/money-form.ts";
import { text } from "../../lib/text.ts";
import { moneyText } from "../../lib/text-money.ts";
import { Button } from "../ui/button.tsx";
import { Field, noteId } from "../ui/field.tsx";
import { Notice, ProblemNotice } from "../ui/notice.tsx";

interface BudgetFormProps {
  budgets: Budgets;
  problem: Problem | null;
  saved: boolean;
}

const words = moneyText.budgets;

/** What model calls may cost, by month and by conversation, and what this month has used. */
export function BudgetForm({ budgets, problem, saved }: BudgetFormProps) {
  const busy = useNavigation().state === "submitting";
  const errorOf = (field: string) => {
    const found = problem?.fields?.find((one) => one.field === field);
    return found && text.fieldError(found.message);
  };
  const fields = [
    { id: "monthMicroUsd", label: words.month, hint: words.monthHint, value: budgets.monthMicroUsd },
    {
      id: "conversationMicroUsd",
      label: words.conversation,
      hint: words.conversationHint,
      value: budgets.conversationMicroUsd,
    },
  ] as const;
  const reserved = budgets.reservedMicroUsd > 0 ? cost(budgets.reservedMicroUsd) : null;
  return (
    <section className="flex flex-col gap-3" aria-labelledby="budgets">
      <h2 id="budgets" className="font-semibold text-18">
        {words.title}
      </h2>
      <p className="text-n11">{words.intro}</p>
      <Form method="post" key={budgets.rev} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          {fields.map(({ id, label, hint, value }) => (
            <Field key={id} id={id} label={label} hint={hint} error={errorOf(id)}>
              <input
                id={id}
                name={id}
                inputMode="decimal"
                className="field tabular-nums"
                defaultValue={dollarsOf(value)}
                aria-describedby={noteId(id)}
                aria-invalid={errorOf(id) !== undefined}
              />
            </Field>
          ))}
        </div>
        <p className="text-13 text-n11">{words.used(cost(budgets.spentMicroUsd), reserved)}</p>
        {budgets.unpricedModels.length > 0 && <Notice look="warning">{words.unpriced(budgets.unpricedModels)}</Notice>}
        {problem && !problem.fields?.length && <ProblemNotice problem={problem} />}
        {saved && <Notice look="good">{words.saved}</Notice>}
        <Button type="submit" name="intent" value="budgets" className="self-start" disabled={busy}>
          {text.actions.save}
        </Button>
      </Form>
    </section>
  );
}
