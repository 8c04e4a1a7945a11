import { and, desc, eq, gt, isNull, type SQL } from "drizzle-orm";
import { type Invitation, type SpaceGrant, spaceGrant } from "#contract/membership";
import { invitations } from "./tables/members.ts";
import type { TenantDb } from "./tenant-db.ts";

export type InvitationRow = typeof invitations.$inferSelect;
const grants = spaceGrant.array();

/** The newest hundred invitations. */
export async function listInvitations(db: TenantDb, now: number): Promise<Invitation[]> {
  const rows = await db.select(invitations, { orderBy: desc(invitations.id), limit: 100 });
  return rows.map((row) => invitationFromRow(row, now));
}

/** The invitation with this token's hash, whatever became of it, or null. */
export function findInvitation(db: TenantDb, tokenHash: string): Promise<InvitationRow | null> {
  return db.selectOne(invitations, eq(invitations.tokenHash, tokenHash));
}

/** Adds an invitation, and revokes the open ones for the same address: the newest link is the one that works. */
export async function insertInvitation(db: TenantDb, row: Omit<InvitationRow, "orgId">): Promise<Invitation> {
  await db.update(invitations, { revokedAt: row.createdAt }, and(eq(invitations.email, row.email), open()) as SQL);
  await db.insert(invitations, row);
  return invitationFromRow({ ...row, orgId: db.orgId }, row.createdAt);
}

/** Revokes an open invitation; false where there is none such. */
export async function revokeInvitation(db: TenantDb, id: string, at: number): Promise<boolean> {
  return (await db.update(invitations, { revokedAt: at }, and(eq(invitations.id, id), open()) as SQL)) > 0;
}

/** Uses an open invitation up: of any number of calls one gets true. */
export async function takeInvitation(db: TenantDb, id: string, at: number): Promise<boolean> {
  const where = and(eq(invitations.id, id), open(), gt(invitations.expiresAt, at)) as SQL;
  return (await db.update(invitations, { acceptedAt: at }, where)) > 0;
}

const open = () => and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt));

/** The spaces that an invitation leads into. */
export function grantsOf(row: Pick<InvitationRow, "spaces">): SpaceGrant[] {
  return grants.parse(JSON.parse(row.spaces));
}

export function invitationFromRow(row: InvitationRow, now: number): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    spaces: grantsOf(row),
    invitedBy: row.invitedBy,
    createdAt: new Date(row.createdAt).toISOString(),
    expiresAt: new Date(row.expiresAt).toISOString(),
    state: stateOf(row, now),
  };
}

function stateOf(row: InvitationRow, now: number): Invitation["state"] {
  if (row.acceptedAt !== null) return "accepted";
  if (row.revokedAt !== null) return "revoked";
  return row.expiresAt <= now ? "expired" : "open";
}
