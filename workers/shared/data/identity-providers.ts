import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { identityProviders } from "./tables/identity-providers.ts";
import type { TenantDb } from "./tenant-db.ts";

export type IdentityProviderRow = typeof identityProviders.$inferSelect;

/** The org's own identity providers, oldest first. */
export function listIdentityProviders(db: TenantDb): Promise<IdentityProviderRow[]> {
  return db.select(identityProviders, { orderBy: asc(identityProviders.id) });
}

/** One of them, or null. */
export function findIdentityProvider(db: TenantDb, id: string): Promise<IdentityProviderRow | null> {
  return db.selectOne(identityProviders, eq(identityProviders.id, id));
}

/** Adds an identity provider. */
export async function insertIdentityProvider(db: TenantDb, row: Omit<IdentityProviderRow, "orgId">): Promise<void> {
  await db.insert(identityProviders, row);
}

/** Changes one of this rev; false where it was changed meanwhile. */
export async function updateIdentityProvider(
  db: TenantDb,
  known: { id: string; rev: number },
  set: Partial<Omit<IdentityProviderRow, "orgId" | "id" | "rev">>,
): Promise<boolean> {
  const where = and(eq(identityProviders.id, known.id), eq(identityProviders.rev, known.rev)) as SQL;
  return (await db.update(identityProviders, { ...set, rev: sql`${identityProviders.rev} + 1` }, where)) > 0;
}

/** Removes one; nobody signs in by it from then on. */
export async function removeIdentityProvider(db: TenantDb, id: string): Promise<void> {
  await db.remove(identityProviders, eq(identityProviders.id, id));
}
