import { and, asc, eq, gt, isNull, lt, ne, or, sql } from "drizzle-orm";
import type { MemberRow } from "./members.ts";
import { members } from "./tables/members.ts";
import { orgNameHolds, orgs } from "./tables/orgs.ts";
import { spaceMembers, spaces } from "./tables/spaces.ts";
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

export type OrgRow = typeof orgs.$inferSelect;

/** An org with its settings, also while it waits to be purged, or null. */
export async function findOrg(env: { DB: D1Database }, id: string): Promise<OrgRow | null> {
  return (await new SystemDb(env).raw.select().from(orgs).where(eq(orgs.id, id)).limit(1))[0] ?? null;
}

/** Changes the settings of the org of a principal, where they have this rev; false where they do not. */
export async function updateOrg(db: OrgDb, change: Partial<Omit<OrgRow, "id" | "slug" | "rev">>, rev?: number) {
  const where = and(eq(orgs.id, db.orgId), rev === undefined ? undefined : eq(orgs.rev, rev));
  const set = { ...change, rev: sql`${orgs.rev} + 1` };
  return (await new SystemDb(db.env).raw.update(orgs).set(set).where(where).run()).meta.changes > 0;
}
/** The env and the org of a verified principal: `orgs` itself has no `org_id`. */
interface OrgDb {
  env: { DB: D1Database };
  orgId: string;
}

/** Whether a name is free for an account: no org has it, and nobody else holds it. */
export async function slugIsFree(env: { DB: D1Database }, slug: string, holder: Holder): Promise<boolean> {
  const db = new SystemDb(env).raw;
  const held = and(
    eq(orgNameHolds.slug, slug),
    gt(orgNameHolds.expiresAt, holder.now),
    ne(orgNameHolds.accountId, holder.accountId ?? ""),
  );
  const [taken, holds] = await db.batch([
    db.select({ id: orgs.id }).from(orgs).where(eq(orgs.slug, slug)),
    db.select({ slug: orgNameHolds.slug }).from(orgNameHolds).where(held),
  ]);
  return taken.length === 0 && holds.length === 0;
}
interface Holder {
  /** Null: nobody who could hold a name. */
  accountId: string | null;
  now: number;
}

/** Holds a name for an account, instead of what it held before; nothing where somebody else holds it. */
export async function holdSlug(
  env: { DB: D1Database },
  slug: string,
  hold: Holder & { accountId: string; ms: number },
) {
  const db = new SystemDb(env).raw;
  const { accountId, now, ms } = hold;
  const over = or(
    lt(orgNameHolds.expiresAt, now),
    and(eq(orgNameHolds.accountId, accountId), ne(orgNameHolds.slug, slug)),
  );
  await db.batch([
    db.delete(orgNameHolds).where(over),
    db
      .insert(orgNameHolds)
      .values({ slug, accountId, expiresAt: now + ms })
      .onConflictDoUpdate({
        target: orgNameHolds.slug,
        set: { expiresAt: now + ms },
        setWhere: eq(orgNameHolds.accountId, accountId),
      }),
  ]);
}

/** A new org with all that people need to begin; ids are the caller's. */
export interface NewOrg {
  id: string;
  slug: string;
  name: string;
  owner: { id: string; accountId: string; name: string; email: string; personalSpaceId: string };
  agent: { id: string; memberId: string; name: string };
  general: { id: string; name: string };
  at: number;
}

/** Makes an org with its owner, their personal space, a space for everybody and an agent: all of it, or false where the name is taken. */
export async function createOrg(env: { DB: D1Database }, made: NewOrg): Promise<boolean> {
  const db = new SystemDb(env).raw;
  const { id: orgId, owner, agent, general, at } = made;
  const space = { orgId, createdAt: at };
  const lead = { orgId, memberId: owner.id, role: "lead" as const };
  try {
    await db.batch([
      db.insert(orgs).values({ id: orgId, slug: made.slug, name: made.name, createdAt: at }),
      db.insert(members).values([
        {
          orgId,
          id: owner.id,
          kind: "human",
          name: owner.name,
          role: "owner",
          createdAt: at,
          accountId: owner.accountId,
          email: owner.email,
        },
        {
          orgId,
          id: agent.memberId,
          kind: "agent",
          name: agent.name,
          role: "member",
          agentId: agent.id,
          createdAt: at,
        },
      ]),
      db.insert(spaces).values([
        { ...space, id: general.id, name: general.name, visibility: "open" },
        { ...space, id: owner.personalSpaceId, name: owner.name, visibility: "personal", ownerId: owner.id },
      ]),
      db.insert(spaceMembers).values([
        { ...lead, spaceId: general.id },
        { ...lead, spaceId: owner.personalSpaceId },
      ]),
      db.delete(orgNameHolds).where(eq(orgNameHolds.slug, made.slug)),
    ]);
    return true;
  } catch (error) {
    if (String(error).includes("UNIQUE") || String((error as Error).cause).includes("UNIQUE")) return false;
    throw error;
  }
}
