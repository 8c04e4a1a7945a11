import { desc } from "drizzle-orm";
import { orgKeyTable, systemKeyTable } from "./tables/data-keys.ts";
import { SystemDb, type TenantDb } from "./tenant-db.ts";

/** A data key as it is stored: sealed under the key-encryption key. */
export interface WrappedKey {
  id: string;
  generation: number;
  wrapped: string;
  createdAt: number;
}

/** The org's data keys, the newest first; none before its first secret. */
export function orgKeys(db: TenantDb): Promise<WrappedKey[]> {
  return db.select(orgKeyTable, { orderBy: desc(orgKeyTable.generation) });
}

/** Keeps a data key of the org; false where it has one of that generation, which stays. */
export function keepOrgKey(db: TenantDb, key: WrappedKey): Promise<boolean> {
  return db.insert(orgKeyTable, key);
}

/** The data keys of the installation itself, the newest first. */
export function systemKeys(env: { DB: D1Database }): Promise<WrappedKey[]> {
  return new SystemDb(env).raw.select().from(systemKeyTable).orderBy(desc(systemKeyTable.generation));
}

/** Keeps a data key of the installation, unless it has one of that generation. */
export async function keepSystemKey(env: { DB: D1Database }, key: WrappedKey): Promise<void> {
  await new SystemDb(env).raw.insert(systemKeyTable).values(key).onConflictDoNothing().run();
}
