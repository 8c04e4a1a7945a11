import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { orgs } from "./orgs.ts";

/** The limits of an org, in micro-USD; null is none. */
export const budgets = sqliteTable(
  "budgets",
  {
    orgId: text("org_id")
      .notNull()
      .references(() => orgs.id),
    monthMicroUsd: integer("month_micro_usd"),
    conversationMicroUsd: integer("conversation_micro_usd"),
    rev: integer("rev").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId] })],
);

/** What an org's settled calls cost, by calendar month in UTC (`2026-11`). */
export const monthSpendings = sqliteTable(
  "month_spendings",
  {
    orgId: text("org_id").notNull(),
    month: text("month").notNull(),
    microUsd: integer("micro_usd").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.month] })],
);

/** A conversation's own limit, and what its settled calls cost. It has no row in the index yet when it makes its first call. */
export const conversationBudgets = sqliteTable(
  "conversation_budgets",
  {
    orgId: text("org_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    limitMicroUsd: integer("limit_micro_usd"),
    microUsd: integer("micro_usd").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.conversationId] })],
);

/** Money held back for calls under way: the most each may cost. It counts until it is settled or has expired. */
export const budgetLeases = sqliteTable(
  "budget_leases",
  {
    orgId: text("org_id").notNull(),
    callId: text("call_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    runId: text("run_id").notNull(),
    month: text("month").notNull(),
    microUsd: integer("micro_usd").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.callId] }),
    index("budget_leases_expires").on(table.orgId, table.expiresAt),
  ],
);
