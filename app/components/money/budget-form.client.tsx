import { Form, useNavigation } from "@remix-run/react";
import type { Budgets } from "#contract/budget";
import type { Problem } from "#contract/problem";
import { dollarsOf } from "../../lib/money-form.ts";
import { text } from "../../lib/text.ts";
import { budgetFormText as words } from "../../lib/text-money.ts";
import { Button } from "../ui/button.tsx";
import { Field, noteId } from "../ui/field.tsx";
import { ProblemNotice } from "../ui/notice.tsx";

interface BudgetFormProps {
  budgets: Budgets;
  problem: Problem | null;
  onCancel: () => void;
}

/** The limits of what model calls may cost, by month and by conversation. */
export default function BudgetForm({ budgets, problem, onCancel }: BudgetFormProps) {
  const busy = useNavigation().state === "submitting";
  const errorOf = (field: string) => {
    const found = problem?.fields?.find((one) => one.field === field);
    return found && text.fieldError(found.message);
  };
  const fields = [
    { id: "monthMicroUsd", label: words.month, hint: words.monthHint },
    { id: "conversationMicroUsd", label: words.conversation, hint: words.conversationHint },
  ] as const;
  return (
    <Form method="post" className="flex flex-col gap-4 rounded-10 border border-n6 bg-n2 p-4">
      <div className="grid gap-4 sm:grid-cols-2">
        {fields.map(({ id, label, hint }) => (
          <Field key={id} id={id} label={label} hint={hint} error={errorOf(id)}>
            <input
              id={id}
              name={id}
              inputMode="decimal"
              className="field tabular-nums"
              defaultValue={dollarsOf(budgets[id])}
              aria-describedby={noteId(id)}
              aria-invalid={errorOf(id) !== undefined}
            />
          </Field>
        ))}
      </div>
      {problem && !problem.fields?.length && <ProblemNotice problem={problem} />}
      <div className="flex gap-2">
        <Button type="submit" look="primary" name="intent" value="budgets" disabled={busy}>
          {text.actions.save}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {text.actions.cancel}
        </Button>
      </div>
    </Form>
  );
}
