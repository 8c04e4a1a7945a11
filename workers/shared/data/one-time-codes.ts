import { and, eq, gt, lt, sql } from "drizzle-orm";
import { oneTimeCodes } from "./tables/accounts.ts";
import { SystemDb } from "./tenant-db.ts";

type Env = { DB: D1Database };

export interface CodeRow {
  hash: string;
  purpose: string;
  payload: string;
  expiresAt: number;
}

/** Keeps a code by its hash, and forgets those that are over. */
export async function insertCode(env: Env, row: CodeRow, now: number): Promise<void> {
  const db = new SystemDb(env).raw;
  await db.batch([db.delete(oneTimeCodes).where(lt(oneTimeCodes.expiresAt, now)), db.insert(oneTimeCodes).values(row)]);
}

/** Takes a code out: of any number of calls for it one gets the payload, and the others null. */
export async function takeCode(env: Env, code: Pick<CodeRow, "hash" | "purpose">, now: number): Promise<string | null> {
  const rows = await new SystemDb(env).raw
    .delete(oneTimeCodes)
    .where(
      and(eq(oneTimeCodes.hash, code.hash), eq(oneTimeCodes.purpose, code.purpose), gt(oneTimeCodes.expiresAt, now)),
    )
    .returning({ payload: oneTimeCodes.payload });
  return rows[0]?.payload ?? null;
}

/** The payload of a code that stays, or null where it is used, over or unknown. */
export async function peekCode(env: Env, code: Pick<CodeRow, "hash" | "purpose">, now: number): Promise<string | null> {
  const rows = await new SystemDb(env).raw
    .select({ payload: oneTimeCodes.payload })
    .from(oneTimeCodes)
    .where(
      and(eq(oneTimeCodes.hash, code.hash), eq(oneTimeCodes.purpose, code.purpose), gt(oneTimeCodes.expiresAt, now)),
    );
  return rows[0]?.payload ?? null;
}

/** Takes out every code of a purpose whose payload names this account. */
export async function dropCodesOf(env: Env, codes: { purpose: string; accountId: string }): Promise<void> {
  const named = sql`json_extract(${oneTimeCodes.payload}, '$.accountId') = ${codes.accountId}`;
  await new SystemDb(env).raw.delete(oneTimeCodes).where(and(eq(oneTimeCodes.purpose, codes.purpose), named));
}

/** Keeps a code by its hash unless it is kept already; whether this was the first time. */
export async function claimCode(env: Env, row: CodeRow, now: number): Promise<boolean> {
  const db = new SystemDb(env).raw;
  const [, claimed] = await db.batch([
    db.delete(oneTimeCodes).where(lt(oneTimeCodes.expiresAt, now)),
    db.insert(oneTimeCodes).values(row).onConflictDoNothing(),
  ]);
  return claimed.meta.changes > 0;
}
