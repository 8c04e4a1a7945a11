import { and, asc, eq, inArray, isNull, ne, or, type SQL, sql } from "drizzle-orm";
import type { SpaceRole } from "#contract/member";
import type { SpaceGrant } from "#contract/membership";
import type { Space, SpaceMember, SpacePatch } from "#contract/space";
import { namesOf } from "./members.ts";
import { spaceMembers, spaces } from "./tables/spaces.ts";
import type { TenantDb } from "./tenant-db.ts";

export type SpaceRow = typeof spaces.$inferSelect;

/** Who asks: their roles, and whether they look after all spaces that are nobody's own. */
export interface SpaceLooker {
  memberId: string;
  spaces: Record<string, SpaceRole>;
  admin: boolean;
}

/** The spaces a member takes part in or looks after, by name; archived ones only where they are asked for. */
export async function listSpaces(db: TenantDb, looker: SpaceLooker, archived = false): Promise<Space[]> {
  const mine = inArray(spaces.id, Object.keys(looker.spaces));
  const rows = await db.select(spaces, {
    where: and(
      archived ? undefined : isNull(spaces.archivedAt),
      looker.admin ? or(mine, ne(spaces.visibility, "personal")) : mine,
    ) as SQL,
    orderBy: [sql`${spaces.visibility} = 'personal'`, asc(sql`${spaces.name} COLLATE NOCASE`), asc(spaces.id)],
  });
  const counted = await countMembers(db, rows);
  return rows.map((row) => spaceFromRow(row, looker.spaces[row.id] ?? null, counted.get(row.id) ?? 0));
}

/** The space with this id, or null. */
export function findSpace(db: TenantDb, id: string): Promise<SpaceRow | null> {
  return db.selectOne(spaces, eq(spaces.id, id));
}

/** Those of these ids that are spaces of the org in which people can be put. */
export async function spacesIn(db: TenantDb, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const where = and(inArray(spaces.id, [...ids]), ne(spaces.visibility, "personal"), isNull(spaces.archivedAt));
  return (await db.select(spaces, { where: where as SQL })).map((row) => row.id);
}

/** Adds a space with its first lead, or neither. */
export async function insertSpace(db: TenantDb, row: NewSpace, leadId: string): Promise<void> {
  const { id, name, visibility, ownerId, createdAt } = row;
  await db.transact((orgId) => [
    sql`INSERT INTO spaces (org_id, id, name, visibility, owner_id, created_at)
      VALUES (${orgId}, ${id}, ${name}, ${visibility}, ${ownerId}, ${createdAt})`,
    sql`INSERT INTO space_members (org_id, space_id, member_id, role) VALUES (${orgId}, ${id}, ${leadId}, 'lead')`,
  ]);
}

export type NewSpace = Pick<SpaceRow, "id" | "name" | "visibility" | "ownerId" | "createdAt">;

/** Changes a space of this rev; false where it was changed meanwhile. */
export async function updateSpace(
  db: TenantDb,
  known: SpaceRow,
  change: { patch: SpacePatch; now: number },
): Promise<boolean> {
  const { patch, now } = change;
  const { archived, ...rest } = patch;
  const archivedAt = archived === undefined ? {} : { archivedAt: archived ? now : null };
  const where = and(eq(spaces.id, known.id), eq(spaces.rev, known.rev)) as SQL;
  return (await db.update(spaces, { ...rest, ...archivedAt, rev: sql`${spaces.rev} + 1` }, where)) > 0;
}

/** Who was put into a space, by name. Of an open one everybody else takes part too. */
export async function listSpaceMembers(db: TenantDb, spaceId: string): Promise<SpaceMember[]> {
  const rows = await db.select(spaceMembers, { where: eq(spaceMembers.spaceId, spaceId) });
  const names = await namesOf(
    db,
    rows.map((row) => row.memberId),
  );
  return rows
    .map(({ memberId, role }) => ({ memberId, role, name: names.get(memberId) ?? memberId }))
    .sort((a, b) => a.name.localeCompare(b.name) || a.memberId.localeCompare(b.memberId));
}

/** Whether somebody else leads the space: the last lead stays one. */
const otherLead = (orgId: string, spaceId: string, memberId: string) =>
  sql`EXISTS (SELECT 1 FROM space_members o JOIN members m ON m.org_id = o.org_id AND m.id = o.member_id
    WHERE o.org_id = ${orgId} AND o.space_id = ${spaceId} AND o.role = 'lead' AND o.member_id <> ${memberId}
    AND m.state = 'active')`;

/** Puts a member into a space or gives them another role there; false where they are its last lead. */
export async function putSpaceMember(db: TenantDb, spaceId: string, grant: { memberId: string; role: SpaceRole }) {
  const { memberId, role } = grant;
  const free = role === "lead" ? sql`true` : otherLead(db.orgId, spaceId, memberId);
  const [changed = 0] = await db.transact((orgId) => [
    sql`INSERT INTO space_members (org_id, space_id, member_id, role) VALUES (${orgId}, ${spaceId}, ${memberId}, ${role})
      ON CONFLICT (org_id, space_id, member_id) DO UPDATE SET role = excluded.role
      WHERE space_members.org_id = ${orgId} AND (space_members.role <> 'lead' OR ${free})`,
  ]);
  return changed > 0;
}

/** Takes a member out of a space; `last_lead` where nobody else leads it, `absent` where they were not in it. */
export async function dropSpaceMember(
  db: TenantDb,
  spaceId: string,
  memberId: string,
): Promise<"done" | "last_lead" | "absent"> {
  const one = and(eq(spaceMembers.spaceId, spaceId), eq(spaceMembers.memberId, memberId)) as SQL;
  const free = or(ne(spaceMembers.role, "lead"), otherLead(db.orgId, spaceId, memberId));
  if ((await db.remove(spaceMembers, and(one, free) as SQL)) > 0) return "done";
  return (await db.selectOne(spaceMembers, one)) ? "last_lead" : "absent";
}

/** Takes a member out of every space but their own; what they led is left to administrators. */
export async function leaveSpaces(db: TenantDb, memberId: string): Promise<void> {
  const own = sql`${spaceMembers.spaceId} IN (SELECT s.id FROM spaces s WHERE s.org_id = ${db.orgId}
    AND s.owner_id = ${memberId} AND s.visibility = 'personal')`;
  await db.remove(spaceMembers, and(eq(spaceMembers.memberId, memberId), sql`NOT ${own}`) as SQL);
}

/** Puts a new member into their personal space and into those that were granted. */
export async function enterSpaces(db: TenantDb, member: { id: string; name: string }, entry: SpaceEntry) {
  const known = await spacesIn(
    db,
    entry.grants.map((one) => one.spaceId),
  );
  for (const grant of entry.grants.filter((one) => known.includes(one.spaceId))) {
    await db.insert(spaceMembers, { spaceId: grant.spaceId, memberId: member.id, role: grant.role });
  }
  if (entry.personalId === null) return;
  await insertPersonalSpace(db, member, { id: entry.personalId, at: entry.at });
}

/** Nobody gets a second one, not even by calls at the same time. */
async function insertPersonalSpace(
  db: TenantDb,
  member: { id: string; name: string },
  made: { id: string; at: number },
) {
  await db.transact((orgId) => [
    sql`INSERT INTO spaces (org_id, id, name, visibility, owner_id, created_at)
      SELECT ${orgId}, ${made.id}, ${member.name}, 'personal', ${member.id}, ${made.at}
      WHERE NOT EXISTS (SELECT 1 FROM spaces WHERE org_id = ${orgId} AND owner_id = ${member.id} AND visibility = 'personal')`,
    sql`INSERT INTO space_members (org_id, space_id, member_id, role)
      SELECT ${orgId}, id, ${member.id}, 'lead' FROM spaces WHERE org_id = ${orgId} AND id = ${made.id}`,
  ]);
}

export interface SpaceEntry {
  grants: SpaceGrant[];
  /** The id of their personal space; null: they get none, as guests do not. */
  personalId: string | null;
  at: number;
}

async function countMembers(db: TenantDb, rows: SpaceRow[]): Promise<Map<string, number>> {
  const ids = JSON.stringify(rows.map((row) => row.id));
  const counted = (await db.query(
    (orgId) => sql`SELECT space_id AS id, count(*) AS n FROM space_members WHERE org_id = ${orgId}
      AND space_id IN (SELECT value FROM json_each(${ids})) GROUP BY space_id`,
  )) as { id: string; n: number }[];
  return new Map(counted.map(({ id, n }) => [id, n]));
}

/** A space as it is told to who may see it. */
export function spaceFromRow(row: SpaceRow, myRole: SpaceRole | null, count: number): Space {
  return {
    id: row.id,
    name: row.name,
    visibility: row.visibility,
    myRole,
    members: count,
    createdAt: new Date(row.createdAt).toISOString(),
    archivedAt: row.archivedAt === null ? null : new Date(row.archivedAt).toISOString(),
    rev: row.rev,
  };
}
