import type { BudgetsPatch } from "#contract/budget";
import type { Problem } from "#contract/problem";
import { budgetsText } from "./text-money.ts";

type FieldError = NonNullable<Problem["fields"]>[number];

const MICRO = 1_000_000;

/** A field's dollars as micro-USD: null where it is empty, `undefined` where it is no amount. */
export function microUsdOf(value: string): number | null | undefined {
  const words = value.trim().replace(/^\$\s*/, "");
  if (words === "") return null;
  if (!/^(?:\d{1,9}(?:\.\d{0,6})?|\.\d{1,6})$/.test(words)) return undefined;
  return Math.round(Number(words) * MICRO);
}

/** Micro-USD as a field shows them: `0.25`, empty where there are none. */
export function dollarsOf(microUsd: number | null | undefined): string {
  return microUsd === null || microUsd === undefined ? "" : String(microUsd / MICRO);
}

const LIMITS = ["monthMicroUsd", "conversationMicroUsd"] as const;

/** What the budgets' form says, or the fields that are no amounts. */
export function budgetsOf(form: FormData): { patch: BudgetsPatch; errors: FieldError[] } {
  const patch: BudgetsPatch = {};
  const errors: FieldError[] = [];
  for (const field of LIMITS) {
    const value = microUsdOf(String(form.get(field) ?? ""));
    if (value === undefined) errors.push({ field, message: budgetsText.notAmount });
    else patch[field] = value;
  }
  return { patch, errors };
}
