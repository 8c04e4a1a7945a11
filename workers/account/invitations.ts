import type { AccountRow } from "#data/accounts";
import { findInvitation, grantsOf, type InvitationRow, takeInvitation } from "#data/invitations";
import { findMember, type MemberRow, memberByEmail } from "#data/members";
import { findOrg, type OrgRow } from "#data/orgs";
import { forTenant } from "#data/tenant-db";
import { can } from "#domain/access/can";
import type { Env } from "#platform/env";
import { invitationTokenOrg } from "#platform/invitation-token";
import { joinOrg } from "#platform/membership";
import { ProblemError } from "#platform/problem-response";
import { sha256Hex } from "#platform/random-token";

export interface FoundInvitation {
  org: OrgRow;
  row: InvitationRow;
}

/** The invitation of a link, if it is open; `not_found` says no more than that it is not. */
export async function openInvitation(env: Env, token: string): Promise<FoundInvitation> {
  const orgId = invitationTokenOrg(token);
  const org = orgId === null ? null : await findOrg(env, orgId);
  const row =
    org && org.deletingAt === null
      ? await findInvitation(forTenant(env, { orgId: org.id }), await sha256Hex(token))
      : null;
  const open = row && row.revokedAt === null && row.expiresAt > Date.now() && (await isUnused(env, row));
  if (org && row && open && (await mayStillInvite(env, row))) return { org, row };
  throw new ProblemError({
    code: "not_found",
    detail: "This invitation was used, taken back, or is too old. Ask for a new one.",
  });
}

/** One that was used and by which nobody came in was broken off in between: whoever has the address may use it again. */
async function isUnused(env: Env, { orgId, email, acceptedAt }: InvitationRow): Promise<boolean> {
  return acceptedAt === null || (await memberByEmail(forTenant(env, { orgId }), email)) === null;
}

/** An invitation gives no more than whoever made it could give now: not after they left, nor what is above them. */
async function mayStillInvite(env: Env, { orgId, invitedBy, role }: InvitationRow): Promise<boolean> {
  const inviter = await findMember(forTenant(env, { orgId }), invitedBy);
  if (inviter?.state !== "active") return false;
  const subject = { memberId: inviter.id, role: inviter.role, spaces: {}, scopes: null };
  return can(subject, "member.grant", { kind: "member", role });
}

/** Uses an invitation for an account with its address; who is a member already stays what they are. */
export async function acceptInvitation(
  env: Env,
  { org, row }: FoundInvitation,
  account: AccountRow,
): Promise<MemberRow> {
  const taken = await takeInvitation(forTenant(env, { orgId: org.id }), row.id, Date.now());
  if (!taken && row.acceptedAt === null)
    throw new ProblemError({ code: "conflict", detail: "This invitation was used a moment ago." });
  return joinOrg(env, org.id, { account, entry: { role: row.role, state: "active", grants: grantsOf(row) } });
}
