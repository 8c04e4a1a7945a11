import { and, desc, eq, gt, isNull, or, type SQL, sql } from "drizzle-orm";
import { type ApiKey, scope } from "#contract/api-key";
import { apiKeys } from "./tables/members.ts";
import type { TenantDb } from "./tenant-db.ts";

export type ApiKeyRow = typeof apiKeys.$inferSelect;
const scopeList = scope.array();

/** The key with this token's hash, unless it is revoked or over, or null. */
export function findApiKey(db: TenantDb, tokenHash: string, now: number): Promise<ApiKeyRow | null> {
  const alive = or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now));
  return db.selectOne(apiKeys, and(eq(apiKeys.tokenHash, tokenHash), isNull(apiKeys.revokedAt), alive) as SQL);
}

/** The member whose key this is, revoked or not; null where there is none. */
export async function ownerOfKey(db: TenantDb, id: string): Promise<string | null> {
  return (await db.selectOne(apiKeys, eq(apiKeys.id, id)))?.memberId ?? null;
}

/** The keys that are not revoked, of one member or of all, newest first. */
export async function listApiKeys(db: TenantDb, memberId?: string): Promise<ApiKey[]> {
  const own = memberId === undefined ? undefined : eq(apiKeys.memberId, memberId);
  const rows = await db.select(apiKeys, {
    where: and(isNull(apiKeys.revokedAt), own) as SQL,
    orderBy: desc(apiKeys.id),
  });
  return rows.map(keyFromRow);
}

/** Adds a key. */
export async function insertApiKey(db: TenantDb, row: Omit<ApiKeyRow, "orgId">): Promise<ApiKey> {
  await db.insert(apiKeys, row);
  return keyFromRow({ ...row, orgId: db.orgId });
}

/** Revokes a key, of one member or of anybody; false where there is no such key. */
export async function revokeApiKey(db: TenantDb, key: { id: string; memberId?: string }, at: number): Promise<boolean> {
  const own = key.memberId === undefined ? undefined : eq(apiKeys.memberId, key.memberId);
  const where = and(eq(apiKeys.id, key.id), isNull(apiKeys.revokedAt), own) as SQL;
  return (await db.update(apiKeys, { revokedAt: at }, where)) > 0;
}

/** Revokes every key of a member. */
export async function revokeKeysOf(db: TenantDb, memberId: string, at: number): Promise<void> {
  await db.update(apiKeys, { revokedAt: at }, and(eq(apiKeys.memberId, memberId), isNull(apiKeys.revokedAt)) as SQL);
}

/** Notes the use of a key, at most once a minute. */
export async function noteKeyUse(db: TenantDb, id: string, now: number): Promise<void> {
  const stale = sql`coalesce(${apiKeys.lastUsedAt}, 0) < ${now - 60_000}`;
  await db.update(apiKeys, { lastUsedAt: now }, and(eq(apiKeys.id, id), stale) as SQL);
}

/** What a key's token may be used for. */
export function scopesOf(row: ApiKeyRow): ApiKey["scopes"] {
  return scopeList.parse(JSON.parse(row.scopes));
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

function keyFromRow(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    memberId: row.memberId,
    name: row.name,
    lastFour: row.lastFour,
    scopes: scopesOf(row),
    createdAt: new Date(row.createdAt).toISOString(),
    expiresAt: iso(row.expiresAt),
    lastUsedAt: iso(row.lastUsedAt),
  };
}
