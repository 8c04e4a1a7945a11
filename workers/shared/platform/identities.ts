import type { OrgRole } from "#contract/member";
import { fail, ok, type Result } from "#contract/problem";
import {
  type AccountRow,
  accountByEmail,
  accountOfIdentity,
  findAccount,
  insertAccountOf,
  insertIdentity,
  membershipsOf,
  updateAccount,
} from "#data/accounts";
import { memberOfAccount, updateMember } from "#data/members";
import type { OrgRow } from "#data/orgs";
import { forTenant } from "#data/tenant-db";
import { admits, mayApply } from "#domain/account/admission";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import type { VerifiedIdentity } from "./identity.ts";
import { joinOrg } from "./membership.ts";
import { newId } from "./new-id.ts";
import { closeMemberSockets } from "./revocation.ts";

/** How an identity came, and where to. */
export interface Arrival {
  identity: VerifiedIdentity;
  /** The org it wants into, or null. */
  org: OrgRow | null;
  /** The org whose own provider vouches for it; null: a provider of the deployment. */
  providerOrgId: string | null;
  /** What its groups give it in the org it wants into. */
  role: OrgRole | null;
}

/**
 * The account of an identity that was verified: the one it is bound to, else one with its address where the provider vouches for
 * the address and every org of that account lets identities in so, else a new one where somebody takes it in (spec identity.md
 * §1). A refusal is `forbidden` with a reason.
 */
export async function accountOf(env: Env, arrival: Arrival): Promise<Result<AccountRow>> {
  const { issuer, subject } = arrival.identity;
  const bound = await accountOfIdentity(env, issuer, subject);
  const found = bound ? ok(bound) : await linkedOrMade(env, arrival);
  if (!found.ok) return found;
  if (found.value.status === "suspended") return refuse("account_suspended", "This account is suspended.");
  if (arrival.org && arrival.role !== null)
    await giveRole(env, arrival.org, { account: found.value, role: arrival.role });
  return found;
}

/** Of several requests with which a person first comes one makes the account, and the others find it. */
async function linkedOrMade(env: Env, arrival: Arrival): Promise<Result<AccountRow>> {
  const found = await linkOrCreate(env, arrival);
  if (found.ok) return found;
  const meanwhile = await accountOfIdentity(env, arrival.identity.issuer, arrival.identity.subject);
  return meanwhile ? ok(meanwhile) : found;
}

async function linkOrCreate(env: Env, arrival: Arrival): Promise<Result<AccountRow>> {
  const { email, emailVerified } = arrival.identity;
  if (email === null) return refuse("email_missing", "The provider did not tell an e-mail address.");
  const known = await accountByEmail(env, email);
  if (!known) return create(env, arrival, email);
  if (!emailVerified || !(await mayLink(env, arrival, known)))
    return refuse("link_refused", "There is an account with this address. Sign in to it the way you did before.");
  return bind(env, arrival, known);
}

/** An account that nobody could sign in to yet was made for its address; any other is linked only where all its orgs agree. */
async function mayLink(env: Env, { providerOrgId }: Arrival, account: AccountRow): Promise<boolean> {
  const memberships = await membershipsOf(env, account.id);
  if (providerOrgId !== null && memberships.some(({ org }) => org.id !== providerOrgId)) return false;
  if (providerOrgId === null && account.passwordDigest === null && account.email === configOf(env).adminEmail)
    return true;
  return memberships.length > 0 && memberships.every(({ org }) => org.linkByEmail);
}

async function create(env: Env, arrival: Arrival, email: string): Promise<Result<AccountRow>> {
  const { org, identity } = arrival;
  // Only the org whose own provider it is would let such a person in; nobody else is to find their address taken.
  const own = arrival.providerOrgId !== null;
  const admitted = org !== null && (own ? admits(org, { email, emailVerified: false }) : mayApply(org, email));
  const takenIn = admitted || (org !== null && arrival.role !== null);
  if (!takenIn && (own || configOf(env).signUp !== "open"))
    return refuse("not_admitted", "Nobody here lets people in without an invitation. Ask an administrator for one.");
  const now = Date.now();
  const id = newId("account");
  const verified = identity.emailVerified ? now : null;
  const row = { id, email, name: identity.name, emailVerifiedAt: verified, status: "active" as const, createdAt: now };
  const { issuer, subject } = identity;
  await insertAccountOf(env, row, { issuer, subject, emailAtLink: email, createdAt: now });
  const made = await accountOfIdentity(env, issuer, subject);
  return made ? ok(made) : refuse("link_refused", "There is an account with this address by now.");
}

/** Whoever set a password before the address was shown to be somebody's may be anybody: it goes. */
async function bind(env: Env, { identity }: Arrival, account: AccountRow): Promise<Result<AccountRow>> {
  const { issuer, subject } = identity;
  const now = Date.now();
  const row = { issuer, subject, accountId: account.id, emailAtLink: identity.email, createdAt: now };
  if (!(await insertIdentity(env, row))) return refuse("link_refused", "This identity has an account by now.");
  if (account.emailVerifiedAt === null) {
    const status = account.status === "pending" ? "active" : account.status;
    await updateAccount(env, account.id, { emailVerifiedAt: now, status, passwordDigest: null });
  }
  return ok((await findAccount(env, account.id)) ?? account);
}

/** Groups decide the role of who is no owner; an owner is made by owners. Who was removed or suspended stays so. */
async function giveRole(env: Env, org: OrgRow, given: { account: AccountRow; role: OrgRole }): Promise<void> {
  const db = forTenant(env, { orgId: org.id });
  const role = given.role === "owner" ? "admin" : given.role;
  const known = await memberOfAccount(db, given.account.id);
  if (!known) await joinOrg(env, org.id, { account: given.account, entry: { role, state: "active", grants: [] } });
  else if (known.role !== role && known.role !== "owner") {
    await updateMember(db, known.id, { role });
    await closeMemberSockets(env, org.id, { memberId: known.id });
  }
}

type Reason = "account_suspended" | "email_missing" | "link_refused" | "not_admitted";

function refuse(reason: Reason, detail: string): Result<never> {
  return fail("forbidden", detail, { reason });
}
