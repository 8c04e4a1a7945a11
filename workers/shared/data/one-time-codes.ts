import { and, eq, gt, lt } from "drizzle-orm";
import { oneTimeCodes } from "./tables/accounts.ts";
import { SystemDb } from "./tenant-db.ts";

export interface CodeRow {
  hash: string;
  /** What it is for; a code of one purpose is none for another. */
  purpose: string;
  payload: string;
  expiresAt: number;
}

/** Keeps a code by its digest; false where it is kept already. What expired before `now` goes on the way. */
export async function keepCode(env: { DB: D1Database }, row: CodeRow, now: number): Promise<boolean> {
  const { raw } = new SystemDb(env);
  const [, kept] = await raw.batch([
    raw.delete(oneTimeCodes).where(lt(oneTimeCodes.expiresAt, now)),
    raw.insert(oneTimeCodes).values(row).onConflictDoNothing(),
  ]);
  return kept.meta.changes > 0;
}

/** Takes a code away and gives its payload, or null. Of two who take it at once one gets it: the statement decides. */
export async function takeCode(
  env: { DB: D1Database },
  code: Pick<CodeRow, "hash" | "purpose">,
  now: number,
): Promise<string | null> {
  const { raw } = new SystemDb(env);
  const [row] = await raw
    .delete(oneTimeCodes)
    .where(
      and(eq(oneTimeCodes.hash, code.hash), eq(oneTimeCodes.purpose, code.purpose), gt(oneTimeCodes.expiresAt, now)),
    )
    .returning({ payload: oneTimeCodes.payload });
  return row?.payload ?? null;
}
