import { and, asc, desc, eq, gt, inArray, ne, or, type SQL, sql } from "drizzle-orm";
import type { OrgRole, SpaceRole } from "#contract/member";
import type { OrgMember } from "#contract/membership";
import type { Page } from "#contract/page";
import { members } from "./tables/members.ts";
import type { TenantDb } from "./tenant-db.ts";

export type MemberRow = typeof members.$inferSelect;

export interface MemberFilter {
  q?: string;
  role?: OrgRole;
  state?: MemberRow["state"];
  /** Whether words may also be those of an address. */
  byEmail: boolean;
  limit: number;
  cursor?: string;
}

/** The member with this id, whatever its state, or null. */
export function findMember(db: TenantDb, id: string): Promise<MemberRow | null> {
  return db.selectOne(members, eq(members.id, id));
}

/** The member that an account is in this org, or null. */
export function memberOfAccount(db: TenantDb, accountId: string): Promise<MemberRow | null> {
  return db.selectOne(members, eq(members.accountId, accountId));
}

/** The person with this address in this org, or null. */
export function memberByEmail(db: TenantDb, email: string): Promise<MemberRow | null> {
  return db.selectOne(members, and(eq(members.email, email), eq(members.kind, "human")) as SQL);
}

/** A page of the org's people and agents, oldest first; those who are gone only where they are asked for. */
export async function listMembers(db: TenantDb, filter: MemberFilter): Promise<Page<OrgMember>> {
  const words = `%${(filter.q ?? "").replace(/[\\%_]/g, (char) => `\\${char}`)}%`;
  const byName = sql`${members.name} LIKE ${words} ESCAPE '\\'`;
  const byEmail = filter.byEmail ? sql`${members.email} LIKE ${words} ESCAPE '\\'` : undefined;
  const rows = await db.select(members, {
    where: and(
      filter.q ? or(byName, byEmail) : undefined,
      filter.role ? eq(members.role, filter.role) : undefined,
      filter.state ? eq(members.state, filter.state) : ne(members.state, "removed"),
      filter.cursor ? gt(members.id, filter.cursor) : undefined,
    ) as SQL,
    orderBy: asc(members.id),
    limit: filter.limit + 1,
  });
  const page = rows.slice(0, filter.limit);
  return { items: page.map(memberFromRow), nextCursor: rows.length > filter.limit ? (page.at(-1)?.id ?? null) : null };
}

/** Adds a member; false where the account is a member already. */
export function insertMember(db: TenantDb, row: Omit<MemberRow, "orgId" | "rev">): Promise<boolean> {
  return db.insert(members, { ...row, rev: 1 });
}

export type MemberChange = Partial<Pick<MemberRow, "role" | "state" | "name" | "email" | "accountId">>;

/** Changes a member as `updateMember` does, and only where it is still what was looked at. */
export function changeMember(
  db: TenantDb,
  known: Pick<MemberRow, "id" | "rev">,
  change: MemberChange,
): Promise<boolean> {
  return setMember(db, and(eq(members.id, known.id), eq(members.rev, known.rev)) as SQL, { id: known.id, change });
}

/**
 * Changes a member. An owner stops being one only while there is another who is active: the statement itself decides, so that
 * two who step down at once cannot both. False where there was no such member, or it is the last owner.
 */
export function updateMember(db: TenantDb, id: string, change: MemberChange): Promise<boolean> {
  return setMember(db, eq(members.id, id), { id, change });
}

async function setMember(
  db: TenantDb,
  which: SQL,
  { id, change }: { id: string; change: MemberChange },
): Promise<boolean> {
  const demotes = (change.role !== undefined && change.role !== "owner") || (change.state ?? "active") !== "active";
  const others = sql`EXISTS (SELECT 1 FROM members o WHERE o.org_id = ${db.orgId} AND o.role = 'owner' AND o.state = 'active'
    AND o.kind = 'human' AND o.id <> ${id})`;
  const guarded = demotes ? or(ne(members.role, "owner"), ne(members.state, "active"), others) : undefined;
  const where = and(which, guarded) as SQL;
  return (await db.update(members, { ...change, rev: sql`${members.rev} + 1` }, where)) > 0;
}

/** The spaces in which a member takes part, open ones included, with its role in each. */
export async function spacesOf(db: TenantDb, memberId: string, role: OrgRole): Promise<Record<string, SpaceRole>> {
  const open = role === "guest" ? sql`false` : sql`s.visibility = 'open'`;
  const rows = (await db.query(
    (orgId) => sql`SELECT s.org_id, s.id, coalesce(m.role, 'member') AS role FROM spaces s
      LEFT JOIN space_members m ON m.org_id = ${orgId} AND m.space_id = s.id AND m.member_id = ${memberId}
      WHERE s.org_id = ${orgId} AND (m.member_id IS NOT NULL OR ${open}) ORDER BY s.id`,
  )) as { id: string; role: SpaceRole }[];
  return Object.fromEntries(rows.map(({ id, role }) => [id, role]));
}

/** The names of these members, those who are gone included. */
export async function namesOf(db: TenantDb, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.select(members, { where: inArray(members.id, [...ids]), orderBy: desc(members.id) });
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** A member as it is told to administrators. */
export function memberFromRow(row: MemberRow): OrgMember {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    role: row.role,
    email: row.email,
    state: row.state,
    createdAt: new Date(row.createdAt).toISOString(),
    rev: row.rev,
  };
}
