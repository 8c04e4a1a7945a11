import { z } from "zod";
import { memberId } from "#contract/ids";
import { orgRole } from "#contract/member";
import { memberCreate, memberCreated, memberPatch, memberState, type OrgMember, orgMember } from "#contract/membership";
import { pageOf, pageQuery } from "#contract/page";
import { accountByEmail, findAccount, insertAccount, updateAccount } from "#data/accounts";
import { revokeKeysOf } from "#data/api-keys";
import {
  changeMember,
  findMember,
  listMembers,
  type MemberChange,
  type MemberRow,
  memberFromRow,
  memberOfAccount,
} from "#data/members";
import { leaveSpaces } from "#data/spaces";
import { forTenant } from "#data/tenant-db";
import { can } from "#domain/access/can";
import type { Env } from "#platform/env";
import { setPasswordLink } from "#platform/links";
import { sendUnasked } from "#platform/mailer";
import { MAILS } from "#platform/mails";
import { joinOrg } from "#platform/membership";
import { newId } from "#platform/new-id";
import { allow } from "#platform/policy";
import { requireRev, revMismatch, tagged } from "#platform/preconditions";
import type { MemberPrincipal } from "#platform/principal";
import { ProblemError } from "#platform/problem-response";
import { limit } from "#platform/rate-limit";
import { closeMemberSockets } from "#platform/revocation";
import { type AnyRoute, defineRoute } from "#platform/route";
import { endSessions } from "#platform/sessions";
import { requireSpaces } from "./spaces.ts";

const tag = "Members";
const params = z.object({ id: memberId });

const list = defineRoute({
  method: "get",
  path: "/members",
  summary: "The people and agents of the organisation; addresses and those who wait are told to administrators",
  tag,
  policy: allow("members.list"),
  query: pageQuery.extend({
    q: z.string().trim().max(200).optional(),
    role: orgRole.optional(),
    state: memberState.optional(),
  }),
  response: pageOf(orgMember),
  problems: ["invalid", "unauthenticated", "forbidden"],
  async handle({ env, principal, query }) {
    const manages = can(principal, "members.manage", { kind: "org" });
    const filter = { ...query, byEmail: manages, ...(manages ? {} : { state: "active" as const }) };
    const page = await listMembers(forTenant(env, principal), filter);
    return manages ? page : { ...page, items: page.items.map((one) => withoutAddress(one, principal)) };
  },
});

const create = defineRoute({
  method: "post",
  path: "/members",
  summary: "Make a member, who sets a password by a link that works once",
  tag,
  policy: allow("members.manage"),
  audit: { action: "member.create", target: ({ body }) => body.email },
  body: memberCreate,
  response: memberCreated,
  status: 201,
  problems: ["invalid", "unauthenticated", "forbidden", "not_found", "conflict", "rate_limited"],
  async handle({ env, principal, body }) {
    refuseReach(principal, body.role, "role");
    await requireSpaces(forTenant(env, principal), body.spaces);
    await limit(env, invitesOf(principal.orgId));
    const account = await accountFor(env, body);
    const entry = { role: body.role, state: "active", grants: body.spaces } as const;
    const before = await memberOfAccount(forTenant(env, principal), account.id);
    if (before && before.state !== "removed")
      throw new ProblemError({
        code: "conflict",
        detail: "This address is a member already.",
        fields: [{ field: "email", message: "is a member already" }],
      });
    if (!before && !account.fresh && account.emailVerifiedAt === null) throw unproven();
    const member = await joinOrg(env, principal.orgId, { account, entry });
    const link = account.fresh ? await setPasswordLink(env, account.id) : null;
    const mailed = link !== null && (await sendUnasked(env, MAILS.made(body.email, link)));
    return { member: memberFromRow(member), link, mailed };
  },
});

const read = defineRoute({
  method: "get",
  path: "/members/:id",
  summary: "One member",
  tag,
  policy: allow("members.list"),
  params,
  response: orgMember,
  problems: ["unauthenticated", "forbidden", "not_found"],
  async handle({ env, principal, params: { id } }) {
    const told = memberFromRow(await mustFind(env, principal, id));
    return tagged(can(principal, "members.manage", { kind: "org" }) ? told : withoutAddress(told, principal));
  },
});

const patch = defineRoute({
  method: "patch",
  path: "/members/:id",
  summary: "Change a member's role or name, let them in, suspend or resume them; their sockets are opened anew",
  tag,
  policy: allow("members.manage"),
  audit: {
    action: "member.change",
    before: ({ env, principal, params }) => findMember(forTenant(env, principal), params.id),
  },
  params,
  body: memberPatch,
  response: orgMember,
  problems: ["invalid", "unauthenticated", "forbidden", "not_found", "conflict", "rev_mismatch"],
  async handle({ env, principal, params: { id }, body, request }) {
    const known = await mustFind(env, principal, id);
    requireRev(request, known.rev);
    if (known.state === "removed") throw notFound();
    refuseReach(principal, known.role, "id");
    if (body.role !== undefined) refuseReach(principal, body.role, "role");
    await change(env, principal, { known, set: body });
    if (known.state === "pending" && body.state === "active") await letIn(env, known);
    return tagged(memberFromRow(await mustFind(env, principal, id)));
  },
});

const remove = defineRoute({
  method: "delete",
  path: "/members/:id",
  summary: "Remove a member, or leave; sessions and keys die at once, and what was written stays",
  tag,
  policy: allow("account.read"),
  audit: "member.remove",
  params,
  status: 204,
  problems: ["unauthenticated", "forbidden", "not_found", "conflict"],
  async handle({ env, principal, params: { id } }) {
    const known = await mustFind(env, principal, id);
    if (known.state === "removed") throw notFound();
    if (id !== principal.memberId) refuseReach(principal, known.role, "id");
    // Whoever may read may not therefore leave.
    else if (!can(principal, "account.manage", { kind: "org" }))
      throw new ProblemError({ code: "forbidden", detail: "This key or token may not leave for its member." });
    if (known.kind !== "human")
      throw new ProblemError({ code: "conflict", detail: "An agent cannot be removed here." });
    await change(env, principal, { known, set: { state: "removed" } });
    await revokeKeysOf(forTenant(env, principal), id, Date.now());
    await leaveSpaces(forTenant(env, principal), id);
  },
});

export const memberRoutes: AnyRoute[] = [list, create, read, patch, remove];

/** Changes a member, and ends what they could do before: their sessions here where they are out, their sockets in any case. */
async function change(
  env: Env,
  principal: MemberPrincipal,
  made: { known: MemberRow; set: MemberChange },
): Promise<void> {
  const { known, set } = made;
  const db = forTenant(env, principal);
  if (!(await changeMember(db, known, set))) {
    if ((await findMember(db, known.id))?.rev !== known.rev) throw revMismatch();
    throw new ProblemError({
      code: "conflict",
      detail: "The last owner stays one. Make somebody else an owner first.",
    });
  }
  const out = set.state === "suspended" || set.state === "removed";
  if (out && known.accountId !== null) await endSessions(env, { accountId: known.accountId, hostOrgId: db.orgId });
  await closeMemberSockets(env, db.orgId, { memberId: known.id });
}

/** An account that waited for an administrator is one from then on. */
async function letIn(env: Env, { accountId }: MemberRow): Promise<void> {
  const account = accountId === null ? null : await findAccount(env, accountId);
  if (account?.status === "pending") await updateAccount(env, account.id, { status: "active" });
}

async function accountFor(env: Env, body: { email: string; name: string }) {
  const row = {
    id: newId("account"),
    email: body.email,
    name: body.name,
    status: "active" as const,
    createdAt: Date.now(),
  };
  const fresh = await insertAccount(env, row);
  const account = await accountByEmail(env, body.email);
  if (!account) throw new ProblemError({ code: "conflict", detail: "The account is gone. Try again." });
  return { ...account, fresh };
}

async function mustFind(env: Env, principal: MemberPrincipal, id: string): Promise<MemberRow> {
  const found = await findMember(forTenant(env, principal), id);
  if (found) return found;
  throw notFound();
}

/** Nobody makes, changes or removes somebody above themselves. */
export function refuseReach(principal: MemberPrincipal, role: MemberRow["role"], field: string): void {
  if (can(principal, "member.grant", { kind: "member", role })) return;
  const fields = [{ field, message: "is above your own role" }];
  throw new ProblemError({ code: "forbidden", detail: "Your role does not reach that far.", fields });
}

function withoutAddress(told: OrgMember, principal: MemberPrincipal): OrgMember {
  return told.id === principal.memberId ? told : { ...told, email: null };
}

/** What an org's administrators send to addresses that did not ask, in a day. */
export const invitesOf = (orgId: string) => ({ name: "invitations", key: orgId, max: 200, windowS: 24 * 60 * 60 });

/** Whoever made the account may be anybody: an invitation reaches who has the address. */
function unproven(): ProblemError {
  const message = "has an account that has not shown that the address is its own; send an invitation instead";
  return new ProblemError({ code: "conflict", detail: `email: ${message}.`, fields: [{ field: "email", message }] });
}

const notFound = () => new ProblemError({ code: "not_found", detail: "There is no such member." });
