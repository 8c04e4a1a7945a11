import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Budgets, BudgetsPatch, ConversationBudget } from "#contract/budget";
import { budgets, conversationBudgets } from "./tables/budgets.ts";
import type { TenantDb } from "./tenant-db.ts";

/** How long settled by nobody a lease is kept after it expired: a call that ends late still counts. */
const KEPT_MS = 24 * 60 * 60_000;

/** Money held back for a call: the most it may cost, in micro-USD. Times are epoch milliseconds. */
export interface Lease {
  callId: string;
  conversationId: string;
  runId: string;
  microUsd: number;
  /** From then on it does not count: whoever held it is gone. */
  expiresAt: number;
}

/** The calendar month of a moment in UTC, such as `2026-11`. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/**
 * Holds the lease's money back, if what is spent and held back already leaves room for it in the month and in the conversation.
 * One statement decides and writes, so that calls at the same time cannot both take what is left. False: no room.
 */
export async function reserveMoney(db: TenantDb, lease: Lease, now: number): Promise<boolean> {
  const { callId, conversationId, runId, microUsd, expiresAt } = lease;
  const month = monthOf(now);
  const [taken] = await db.transact((orgId) => [
    sql`INSERT INTO budget_leases (org_id, call_id, conversation_id, run_id, month, micro_usd, expires_at)
      SELECT ${orgId}, ${callId}, ${conversationId}, ${runId}, ${month}, ${microUsd}, ${expiresAt}
      FROM (${usedOf(orgId, { conversationId, month, now })}) used
      WHERE (used.monthLimit IS NULL OR used.monthSpent + used.monthReserved + ${microUsd} <= used.monthLimit)
        AND (used.ownLimit IS NULL OR used.ownSpent + used.ownReserved + ${microUsd} <= used.ownLimit)
      ON CONFLICT DO NOTHING`,
  ]);
  return taken === 1;
}

/**
 * Gives a call's lease back and counts what it did cost, in the month it began in. It counts once, also where the lease has
 * expired meanwhile; a call without a lease changes nothing. Leases that nobody settled for a day go with it.
 */
export async function settleMoney(
  db: TenantDb,
  settled: { callId: string; microUsd: number },
  now: number,
): Promise<void> {
  const { callId, microUsd } = settled;
  await db.transact((orgId) => [
    sql`INSERT INTO month_spendings (org_id, month, micro_usd)
      SELECT org_id, month, ${microUsd} FROM budget_leases WHERE org_id = ${orgId} AND call_id = ${callId}
      ON CONFLICT (org_id, month) DO UPDATE SET micro_usd = micro_usd + excluded.micro_usd`,
    sql`INSERT INTO conversation_budgets (org_id, conversation_id, micro_usd)
      SELECT org_id, conversation_id, ${microUsd} FROM budget_leases WHERE org_id = ${orgId} AND call_id = ${callId}
      ON CONFLICT (org_id, conversation_id) DO UPDATE SET micro_usd = micro_usd + excluded.micro_usd`,
    sql`DELETE FROM budget_leases
      WHERE org_id = ${orgId} AND (call_id = ${callId} OR expires_at < ${now - KEPT_MS})`,
  ]);
}

const amount = z.number().int();
const limit = amount.nullable();

const usedRow = z.object({
  monthLimit: limit,
  monthSpent: amount,
  monthReserved: amount,
  ownLimit: limit,
  ownSpent: amount,
  ownReserved: amount,
});
/** Limits, and what is used of them; `own` is the conversation's, under the limit that holds for it. */
export type Used = z.infer<typeof usedRow>;

interface At {
  conversationId: string;
  now: number;
}

/** How much of the month's and of a conversation's budget is used. */
export async function usedMoney(db: TenantDb, { conversationId, now }: At): Promise<Used> {
  const [row] = await db.query((orgId) => usedOf(orgId, { conversationId, now, month: monthOf(now) }));
  return usedRow.parse(row);
}

/** One row: the limits, what is spent, and what live leases hold back. */
function usedOf(orgId: string, { conversationId, month, now }: At & { month: string }) {
  return sql`SELECT
    (SELECT month_micro_usd FROM budgets WHERE org_id = ${orgId}) AS monthLimit,
    coalesce((SELECT micro_usd FROM month_spendings WHERE org_id = ${orgId} AND month = ${month}), 0) AS monthSpent,
    coalesce((SELECT sum(micro_usd) FROM budget_leases
      WHERE org_id = ${orgId} AND month = ${month} AND expires_at > ${now}), 0) AS monthReserved,
    coalesce((SELECT limit_micro_usd FROM conversation_budgets
        WHERE org_id = ${orgId} AND conversation_id = ${conversationId}),
      (SELECT conversation_micro_usd FROM budgets WHERE org_id = ${orgId})) AS ownLimit,
    coalesce((SELECT micro_usd FROM conversation_budgets
      WHERE org_id = ${orgId} AND conversation_id = ${conversationId}), 0) AS ownSpent,
    coalesce((SELECT sum(micro_usd) FROM budget_leases
      WHERE org_id = ${orgId} AND conversation_id = ${conversationId} AND expires_at > ${now}), 0) AS ownReserved`;
}

/** The org's limits and what this month has used of them. */
export async function getBudgets(db: TenantDb, now: number): Promise<Omit<Budgets, "unpricedModels">> {
  const [row, used] = await Promise.all([
    db.selectOne(budgets, eq(budgets.orgId, db.orgId)),
    usedMoney(db, { conversationId: "", now }),
  ]);
  return {
    month: monthOf(now),
    monthMicroUsd: row?.monthMicroUsd ?? null,
    spentMicroUsd: used.monthSpent,
    reservedMicroUsd: used.monthReserved,
    conversationMicroUsd: row?.conversationMicroUsd ?? null,
    rev: row?.rev ?? 0,
  };
}

/** Changes the limits where they still have `rev` (0: never set), which rises by one; false where they have another. */
export async function updateBudgets(db: TenantDb, rev: number, set: BudgetsPatch): Promise<boolean> {
  if (rev === 0) return db.insert(budgets, { monthMicroUsd: null, conversationMicroUsd: null, ...set, rev: 1 });
  return (await db.update(budgets, { ...set, rev: rev + 1 }, eq(budgets.rev, rev))) > 0;
}

/** A conversation's limit and what it has used of it. */
export async function getConversationBudget(db: TenantDb, at: At): Promise<ConversationBudget> {
  const [row, used] = await Promise.all([
    db.selectOne(conversationBudgets, eq(conversationBudgets.conversationId, at.conversationId)),
    usedMoney(db, at),
  ]);
  return {
    limitMicroUsd: used.ownLimit,
    ownLimitMicroUsd: row?.limitMicroUsd ?? null,
    spentMicroUsd: used.ownSpent,
    reservedMicroUsd: used.ownReserved,
  };
}

/** Sets a conversation's own limit; null takes it away. */
export function setConversationLimit(
  db: TenantDb,
  conversationId: string,
  limitMicroUsd: number | null,
): Promise<void> {
  return db.upsert(
    conversationBudgets,
    { conversationId, limitMicroUsd },
    { target: [conversationBudgets.orgId, conversationBudgets.conversationId], set: { limitMicroUsd } },
  );
}
