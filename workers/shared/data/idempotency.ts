import { and, eq, lt } from "drizzle-orm";
import { idempotency } from "./tables/idempotency.ts";
import { SystemDb, type TenantDb } from "./tenant-db.ts";

export interface Claim {
  memberId: string;
  key: string;
  digest: string;
}

/**
 * Claims a key; null where it is new, otherwise what is known of its first use: its answer as it was kept, null while it is
 * under way.
 */
export async function claimKey(db: TenantDb, claim: Claim): Promise<{ digest: string; answer: string | null } | null> {
  const fresh = await db.insert(idempotency, { ...claim, answer: null, createdAt: Date.now() });
  if (fresh) return null;
  const row = await db.selectOne(idempotency, sameKey(claim));
  return row && { digest: row.digest, answer: row.answer };
}

/** Keeps the first answer of a claimed key. It is sealed: some answers tell a secret that is told once. */
export async function keepAnswer(db: TenantDb, claim: Claim, sealed: string): Promise<void> {
  await db.update(idempotency, { answer: sealed }, sameKey(claim));
}

/** Gives a key back after its request failed, so that it can be tried again. */
export async function dropKey(db: TenantDb, claim: Claim): Promise<void> {
  await db.remove(idempotency, sameKey(claim));
}

/** Forgets the keys of every org that were first used before this time (epoch milliseconds). */
export async function forgetKeys(env: { DB: D1Database }, before: number): Promise<void> {
  await new SystemDb(env).raw.delete(idempotency).where(lt(idempotency.createdAt, before)).run();
}

function sameKey(claim: Claim) {
  return (
    and(eq(idempotency.memberId, claim.memberId), eq(idempotency.key, claim.key)) ?? eq(idempotency.key, claim.key)
  );
}
