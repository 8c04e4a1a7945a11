import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { idempotency } from "./tables/idempotency.ts";
import type { TenantDb } from "./tenant-db.ts";

export interface Claim {
  memberId: string;
  key: string;
  digest: string;
}

const answerSchema = z.object({ status: z.number().int(), body: z.string() });
export type Answer = z.infer<typeof answerSchema>;

/** Claims a key; null where it is new, otherwise what is known of its first use (`answer` is null while it is under way). */
export async function claimKey(db: TenantDb, claim: Claim): Promise<{ digest: string; answer: Answer | null } | null> {
  const fresh = await db.insert(idempotency, { ...claim, answer: null, createdAt: Date.now() });
  if (fresh) return null;
  const row = await db.selectOne(idempotency, sameKey(claim));
  if (!row) return null;
  return { digest: row.digest, answer: row.answer === null ? null : answerSchema.parse(JSON.parse(row.answer)) };
}

/** Keeps the first answer of a claimed key. */
export async function keepAnswer(db: TenantDb, claim: Claim, answer: Answer): Promise<void> {
  await db.update(idempotency, { answer: JSON.stringify(answer) }, sameKey(claim));
}

/** Gives a key back after its request failed, so that it can be tried again. */
export async function dropKey(db: TenantDb, claim: Claim): Promise<void> {
  await db.remove(idempotency, sameKey(claim));
}

function sameKey(claim: Claim) {
  return (
    and(eq(idempotency.memberId, claim.memberId), eq(idempotency.key, claim.key)) ?? eq(idempotency.key, claim.key)
  );
}
