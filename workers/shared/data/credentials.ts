import { and, desc, eq, isNull, type SQL } from "drizzle-orm";
import { credentials } from "./tables/members.ts";
import type { TenantDb } from "./tenant-db.ts";

export type CredentialRow = typeof credentials.$inferSelect;

/** The credential with this id that is not revoked, or null. */
export function findCredential(db: TenantDb, id: string): Promise<CredentialRow | null> {
  return db.selectOne(credentials, live(id));
}

/** The credentials of the org's agents or workers that are not revoked, the newest first; with `subjectId` those of one of them. */
export function listCredentials(
  db: TenantDb,
  of: { subject: CredentialRow["subject"]; subjectId?: string | undefined },
): Promise<CredentialRow[]> {
  const one = of.subjectId === undefined ? undefined : eq(credentials.subjectId, of.subjectId);
  const where = and(eq(credentials.subject, of.subject), one, isNull(credentials.revokedAt)) as SQL;
  return db.select(credentials, { where, orderBy: desc(credentials.id) });
}

/** Adds a credential; false where the id is taken. */
export function insertCredential(
  db: TenantDb,
  row: Omit<CredentialRow, "orgId" | "lastUsedAt" | "revokedAt">,
): Promise<boolean> {
  return db.insert(credentials, { ...row, lastUsedAt: null, revokedAt: null });
}

/** Notes that a credential was used. */
export async function touchCredential(db: TenantDb, id: string, at: number): Promise<void> {
  await db.update(credentials, { lastUsedAt: at }, eq(credentials.id, id));
}

/** Ends a credential and every token that was got with it; false where there was none to end. */
export async function revokeCredential(db: TenantDb, id: string, at: number): Promise<boolean> {
  return (await db.update(credentials, { revokedAt: at }, live(id))) > 0;
}

function live(id: string): SQL {
  return and(eq(credentials.id, id), isNull(credentials.revokedAt)) as SQL;
}
