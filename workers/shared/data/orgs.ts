import { and, asc, eq } from "drizzle-orm";
import type { Member } from "#contract/member";
import { members } from "./tables/members.ts";
import { orgs } from "./tables/orgs.ts";
import { SystemDb, type TenantDb } from "./tenant-db.ts";

type MemberRow = typeof members.$inferSelect;

export interface Org {
  id: string;
  slug: string;
  name: string;
}

/** The org of a host name, or null. The one look-up that starts from a name and not from a principal. */
export async function findOrgBySlug(env: { DB: D1Database }, slug: string): Promise<Org | null> {
  const rows = await new SystemDb(env).raw.select().from(orgs).where(eq(orgs.slug, slug)).limit(1);
  const row = rows[0];
  return row ? { id: row.id, slug: row.slug, name: row.name } : null;
}

/** The org's owner who was first: whom every request is in development without sign-in. */
export async function firstOwner(db: TenantDb): Promise<Member | null> {
  const rows = await db.select(members, {
    where: and(eq(members.kind, "human"), eq(members.role, "owner")),
    orderBy: asc(members.id),
    limit: 1,
  });
  return rows[0] ? fromRow(rows[0]) : null;
}

/** The agent that answers in new conversations. */
export async function defaultAgent(db: TenantDb): Promise<{ id: string; memberId: string; name: string } | null> {
  const rows = await db.select(members, { where: eq(members.kind, "agent"), orderBy: asc(members.id), limit: 1 });
  const row = rows[0];
  return row?.agentId ? { id: row.agentId, memberId: row.id, name: row.name } : null;
}

function fromRow(row: MemberRow): Member {
  return { id: row.id, kind: row.kind, name: row.name, role: row.role };
}
