import { z } from "zod";

/** The most a budget can be, in micro-USD: a billion dollars. */
const MAX_MICRO_USD = 1e15;

/** An amount of money in micro-USD; null where there is no limit. */
export const budgetLimit = z.number().int().nonnegative().max(MAX_MICRO_USD).nullable();

const amount = z.number().int().nonnegative();

/** What of a budget is used: paid for, and held back for calls that are under way. */
const used = { spentMicroUsd: amount, reservedMicroUsd: amount };

/** What an org's model calls may cost. Calls of models without a known price are not counted. */
export const budgets = z.object({
  /** The calendar month in UTC, such as `2026-11`. */
  month: z.string(),
  /** The limit of every calendar month. */
  monthMicroUsd: budgetLimit,
  ...used,
  /** The limit of every conversation that has none of its own. */
  conversationMicroUsd: budgetLimit,
  /** Ids of the org's models whose price is not known. */
  unpricedModels: z.array(z.string()),
  rev: z.number().int(),
});
export type Budgets = z.infer<typeof budgets>;

export const budgetsPatch = z.strictObject({ monthMicroUsd: budgetLimit, conversationMicroUsd: budgetLimit }).partial();
export type BudgetsPatch = z.infer<typeof budgetsPatch>;

/** What one conversation may cost, in all its time. */
export const conversationBudget = z.object({
  /** The limit that holds: its own, otherwise the org's for every conversation. */
  limitMicroUsd: budgetLimit,
  ownLimitMicroUsd: budgetLimit,
  ...used,
});
export type ConversationBudget = z.infer<typeof conversationBudget>;

/** Null gives the conversation back to the org's limit. */
export const conversationBudgetPatch = z.strictObject({ ownLimitMicroUsd: budgetLimit });
export type ConversationBudgetPatch = z.infer<typeof conversationBudgetPatch>;
