import { and, asc, desc, eq, isNotNull, lt, lte, sql } from "drizzle-orm";
import { conversations } from "./tables/conversations.ts";
import { orgs } from "./tables/orgs.ts";
import { SystemDb, type TenantDb } from "./tenant-db.ts";

type Bindings = { DB: D1Database };

/**
 * Asks for an org's deletion at this time (epoch milliseconds), or takes it back with null. From then on nobody finds the org by
 * its name; `purgedAt` says when it is gone. False where there is no such org.
 */
export async function setDeleting(env: Bindings, orgId: string, at: number | null): Promise<boolean> {
  const changed = await new SystemDb(env).raw.update(orgs).set({ deletingAt: at }).where(eq(orgs.id, orgId)).run();
  return changed.meta.changes > 0;
}

/** The orgs whose deletion was asked for at this time or before, the longest ago first. */
export async function orgsToPurge(env: Bindings, askedBy: number): Promise<string[]> {
  const due = and(isNotNull(orgs.deletingAt), lte(orgs.deletingAt, askedBy));
  const rows = await new SystemDb(env).raw.select({ id: orgs.id }).from(orgs).where(due).orderBy(asc(orgs.deletingAt));
  return rows.map(({ id }) => id);
}

/** The ids of an org's conversations, the newest first, before this one; null: from the newest. */
export async function conversationsBefore(db: TenantDb, before: string | null, limit: number): Promise<string[]> {
  const where = before === null ? {} : { where: lt(conversations.id, before) };
  const rows = await db.select(conversations, { ...where, orderBy: desc(conversations.id), limit });
  return rows.map(({ id }) => id);
}

/**
 * Deletes every row of an org that is still to be deleted, the org's own among them, all of them or none. The tables are those of the
 * schema that have the column `org_id`.
 */
export async function removeOrg(env: Bindings, orgId: string): Promise<void> {
  const system = new SystemDb(env);
  const tables = await system.raw.all<{ name: string; sql: string }>(
    sql`SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name`,
  );
  const ofTenants = tables.filter((table) => /[(,]\s*[`"]?org_id[`"]?\s/.test(table.sql));
  await system.transact([
    sql`PRAGMA defer_foreign_keys = true`,
    ...ofTenants.map(({ name }) => sql`DELETE FROM ${sql.identifier(name)} WHERE org_id = ${orgId}`),
    sql`DELETE FROM sessions WHERE host_org_id = ${orgId}`,
    sql`DELETE FROM orgs WHERE id = ${orgId} AND deleting_at IS NOT NULL`,
  ]);
}
