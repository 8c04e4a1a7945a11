import { and, asc, eq, isNull } from "drizzle-orm";
import type { MemberRow } from "./members.ts";
import { members } from "./tables/members.ts";
import { orgs } from "./tables/orgs.ts";
import { SystemDb, type TenantDb } from "./tenant-db.ts";

export interface Org {
  id: string;
  slug: string;
  name: string;
}

/** The org of a host name, or null. The one look-up that starts from a name and not from a principal. */
export async function findOrgBySlug(env: { DB: D1Database }, slug: string): Promise<Org | null> {
  const here = and(eq(orgs.slug, slug), isNull(orgs.deletingAt));
  const rows = await new SystemDb(env).raw.select().from(orgs).where(here).limit(1);
  const row = rows[0];
  return row ? { id: row.id, slug: row.slug, name: row.name } : null;
}

/** The org's owner who was first: whom every request is in development without sign-in. */
export async function firstOwner(db: TenantDb): Promise<MemberRow | null> {
  const rows = await db.select(members, {
    where: and(eq(members.kind, "human"), eq(members.role, "owner")),
    orderBy: asc(members.id),
    limit: 1,
  });
  return rows[0] ?? null;
}

/** The agent that answers in new conversations. */
export async function defaultAgent(db: TenantDb): Promise<{ id: string; memberId: string; name: string } | null> {
  const rows = await db.select(members, { where: eq(members.kind, "agent"), orderBy: asc(members.id), limit: 1 });
  const row = rows[0];
  return row?.agentId ? { id: row.agentId, memberId: row.id, name: row.name } : null;
}
