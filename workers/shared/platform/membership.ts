import type { OrgRole } from "#contract/member";
import type { MemberState, SpaceGrant } from "#contract/membership";
import type { AccountRow } from "#data/accounts";
import { revokeKeysOf } from "#data/api-keys";
import { insertMember, type MemberRow, memberOfAccount, updateMember } from "#data/members";
import type { OrgRow } from "#data/orgs";
import { enterSpaces, leaveSpaces } from "#data/spaces";
import { forTenant, type TenantDb } from "#data/tenant-db";
import { admits } from "#domain/account/admission";
import type { Env } from "./env.ts";
import { newId } from "./new-id.ts";

export interface Entry {
  role: OrgRole;
  state: Extract<MemberState, "active" | "pending">;
  grants: SpaceGrant[];
}

/**
 * Makes an account a member of an org, or takes one back who was removed; somebody who is a member keeps what they are. A repeat
 * finishes what an interrupted one began.
 */
export async function joinOrg(
  env: Env,
  orgId: string,
  joining: { account: AccountRow; entry: Entry },
): Promise<MemberRow> {
  const db = forTenant(env, { orgId });
  const { account, entry } = joining;
  const known = await memberOfAccount(db, account.id);
  if (known?.state === "removed") await takeBack(db, known, entry);
  if (!known) {
    const { id: accountId, name, email } = account;
    const row = {
      id: newId("member"),
      kind: "human",
      agentId: null,
      createdAt: Date.now(),
      accountId,
      name,
      email,
    } as const;
    await insertMember(db, { ...row, role: entry.role, state: entry.state });
  }
  const member = await memberOfAccount(db, account.id);
  if (!member) throw new Error("the member that was just made is gone");
  const personalId = member.role === "guest" ? null : newId("space");
  await enterSpaces(db, member, { grants: entry.grants, personalId, at: Date.now() });
  return member;
}

/** Nothing of before comes back with a member: a request that was under way at the removal may have left a key or a place. */
async function takeBack(db: TenantDb, known: MemberRow, { state, role }: Entry): Promise<void> {
  await revokeKeysOf(db, known.id, Date.now());
  await leaveSpaces(db, known.id);
  await updateMember(db, known.id, { state, role });
}

/** What an account is in an org: the member it is, after the org has taken it in by itself where its policy says so. */
export async function memberIn(env: Env, org: OrgRow, account: AccountRow): Promise<MemberRow | null> {
  const known = await memberOfAccount(forTenant(env, { orgId: org.id }), account.id);
  if (known) return known;
  const applicant = { email: account.email, emailVerified: account.emailVerifiedAt !== null };
  if (!admits(org, applicant)) return null;
  return joinOrg(env, org.id, { account, entry: { role: "member", state: "active", grants: [] } });
}
