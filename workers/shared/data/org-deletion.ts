import { and, asc, desc, eq, gt, isNull, lt, lte, or, sql } from "drizzle-orm";
import { GRACE_MS } from "#domain/org/deletion";
import { conversations } from "./tables/conversations.ts";
import { orgs } from "./tables/orgs.ts";
import { SystemDb, type TenantDb } from "./tenant-db.ts";

type Bindings = { DB: D1Database };

/**
 * Asks for an org's deletion at this time (epoch milliseconds): from then on nobody finds it by its name, and `purgedAt` says when it
 * is gone. One that is asked for already keeps its time.
 */
export async function beginDeletion(env: Bindings, orgId: string, at: number): Promise<void> {
  const stays = and(eq(orgs.id, orgId), isNull(orgs.deletingAt));
  const set = { deletingAt: at, rev: sql`${orgs.rev} + 1` };
  await new SystemDb(env).raw.update(orgs).set(set).where(stays).run();
}

/** Takes it back; false where the days of grace are over: then the org may be half gone. */
export async function takeBackDeletion(env: Bindings, orgId: string, now: number): Promise<boolean> {
  const inTime = or(isNull(orgs.deletingAt), gt(orgs.deletingAt, now - GRACE_MS));
  const set = { deletingAt: null, rev: sql`${orgs.rev} + 1` };
  const changed = await new SystemDb(env).raw
    .update(orgs)
    .set(set)
    .where(and(eq(orgs.id, orgId), inTime))
    .run();
  return changed.meta.changes > 0;
}

/** The orgs whose days of grace are over, the longest ago first. */
export async function orgsToPurge(env: Bindings, now: number): Promise<string[]> {
  const due = lte(orgs.deletingAt, now - GRACE_MS);
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
 * Deletes every row of an org whose days of grace are over, the org's own among them, all of them or none. The tables are those of
 * the schema that have the column `org_id`.
 */
export async function removeOrg(env: Bindings, orgId: string, now: number): Promise<void> {
  const system = new SystemDb(env);
  const tables = await system.raw.all<{ name: string; sql: string }>(
    sql`SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name`,
  );
  const ofTenants = tables.filter((table) => /[(,]\s*[`"]?org_id[`"]?\s/.test(table.sql));
  const due = sql`EXISTS (SELECT 1 FROM orgs WHERE id = ${orgId} AND deleting_at <= ${now - GRACE_MS})`;
  await system.transact([
    sql`PRAGMA defer_foreign_keys = true`,
    ...ofTenants.map(({ name }) => sql`DELETE FROM ${sql.identifier(name)} WHERE org_id = ${orgId} AND ${due}`),
    sql`DELETE FROM sessions WHERE host_org_id = ${orgId} AND ${due}`,
    sql`DELETE FROM orgs WHERE id = ${orgId} AND ${due}`,
  ]);
}
