import { and, asc, gt, like, lte, type SQL, sql } from "drizzle-orm";
import { signingKeys } from "./tables/accounts.ts";
import { SystemDb } from "./tenant-db.ts";

export type SigningKeyRow = typeof signingKeys.$inferSelect;

/** The keys of a ring that are still published, the one that signs longest first. Ids of a ring begin with its name. */
export function publishedKeys(env: { DB: D1Database }, ring: string, now: number): Promise<SigningKeyRow[]> {
  return new SystemDb(env).raw
    .select()
    .from(signingKeys)
    .where(and(inRing(ring), gt(signingKeys.expiresAt, now)))
    .orderBy(asc(signingKeys.activeFrom));
}

/** Adds a key where the ring has no published one besides the known; false where somebody else was first. Old ones go. */
export async function addKey(
  env: { DB: D1Database },
  row: SigningKeyRow,
  since: { ring: string; known: string[] },
): Promise<boolean> {
  const { raw } = new SystemDb(env);
  const others = sql`SELECT 1 FROM ${signingKeys} WHERE ${inRing(since.ring)} AND ${gt(signingKeys.expiresAt, row.createdAt)}
    AND ${signingKeys.kid} NOT IN (SELECT value FROM json_each(${JSON.stringify(since.known)}))`;
  const added = await raw.run(
    sql`INSERT INTO ${signingKeys} (kid, public_jwk, private_sealed, created_at, active_from, expires_at)
      SELECT ${row.kid}, ${row.publicJwk}, ${row.privateSealed}, ${row.createdAt}, ${row.activeFrom}, ${row.expiresAt}
      WHERE NOT EXISTS (${others})`,
  );
  await raw.delete(signingKeys).where(and(inRing(since.ring), lte(signingKeys.expiresAt, row.createdAt)));
  return added.meta.changes > 0;
}

function inRing(ring: string): SQL {
  return like(signingKeys.kid, `${ring}-%`);
}
