import { lazy, Suspense, useState } from "react";
import type { Budgets } from "#contract/budget";
import type { Problem } from "#contract/problem";
import { cost } from "../../lib/format.ts";
import { budgetsText as words } from "../../lib/text-money.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";

const BudgetForm = lazy(() => import("./budget-form.client.tsx"));

interface BudgetsProps {
  budgets: Budgets;
  problem: Problem | null;
}

const shown = (limit: number | null) => (limit === null ? words.none : cost(limit));

/** What model calls may cost, and what this month has used. Keyed by its rev: a change that was kept closes the form. */
export function BudgetsOfOrg({ budgets, problem }: BudgetsProps) {
  const [editing, setEditing] = useState(false);
  const { spentMicroUsd, reservedMicroUsd, unpricedModels } = budgets;
  return (
    <section className="flex flex-col gap-3" aria-labelledby="budgets">
      <div className="flex items-center gap-4">
        <h2 id="budgets" className="flex-1 font-semibold text-18">
          {words.title}
        </h2>
        {!editing && <Button onClick={() => setEditing(true)}>{words.change}</Button>}
      </div>
      <p className="text-n11">{words.intro}</p>
      <p className="tabular-nums">
        {words.limits(shown(budgets.monthMicroUsd), shown(budgets.conversationMicroUsd))}{" "}
        {words.used(cost(spentMicroUsd), reservedMicroUsd > 0 ? cost(reservedMicroUsd) : null)}
      </p>
      {unpricedModels.length > 0 && <Notice look="warning">{words.unpriced(unpricedModels)}</Notice>}
      {editing && (
        <Suspense>
          <BudgetForm budgets={budgets} problem={problem} onCancel={() => setEditing(false)} />
        </Suspense>
      )}
    </section>
  );
}
