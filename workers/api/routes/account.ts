import { z } from "zod";
import { account, accountPatch, locale as localeSchema, passwordChange, session } from "#contract/account";
import { sessionId } from "#contract/ids";
import { type AccountRow, findAccount, membershipsOf, updateAccount } from "#data/accounts";
import { updateMember } from "#data/members";
import { listSignIns, type SessionRow } from "#data/sessions";
import { forTenant } from "#data/tenant-db";
import { weaknessOf } from "#domain/account/password-policy";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { voidCodes } from "#platform/one-time-codes";
import { checkPassword, digestPassword } from "#platform/passwords";
import { allow } from "#platform/policy";
import { requireRev, tagged } from "#platform/preconditions";
import type { MemberPrincipal } from "#platform/principal";
import { ProblemError } from "#platform/problem-response";
import { limit } from "#platform/rate-limit";
import { type AnyRoute, defineRoute } from "#platform/route";
import { endedCookie, endSessions, rootOf } from "#platform/sessions";
import { signOutAddress } from "#platform/sign-out";

const tag = "Account";
const problems = ["unauthenticated", "forbidden"] as const;

const read = defineRoute({
  method: "get",
  path: "/account",
  summary: "The person behind this request",
  tag,
  policy: allow("account.read"),
  response: account,
  problems: [...problems, "not_found"],
  handle: async ({ env, principal }) => tagged(toldOf(await mine(env, principal))),
});

const patch = defineRoute({
  method: "patch",
  path: "/account",
  summary: "Change your name, language or time zone",
  tag,
  policy: allow("account.manage"),
  audit: "account.change",
  body: accountPatch,
  response: account,
  problems: [...problems, "invalid", "not_found", "rev_mismatch"],
  async handle({ env, principal, body, request }) {
    const { account: known, onlyAt } = await reachOf(env, principal);
    requireRev(request, known.rev);
    if (onlyAt !== null && (await membershipsOf(env, known.id)).some(({ org }) => org.id !== onlyAt))
      throw new ProblemError({ code: "forbidden", detail: `${HERE_ALONE} The account is in others too.` });
    await updateAccount(env, known.id, body);
    if (body.name !== undefined) await updateMember(forTenant(env, principal), principal.memberId, { name: body.name });
    return tagged(toldOf(await mine(env, principal)));
  },
});

const password = defineRoute({
  method: "post",
  path: "/account/password",
  summary: "Change your password; your other sessions end",
  tag,
  policy: allow("account.manage"),
  audit: "account.password_change",
  body: passwordChange,
  status: 204,
  problems: [...problems, "invalid", "not_found", "rate_limited"],
  async handle({ env, principal, body }) {
    if (configOf(env).authMode !== "LOCAL")
      throw new ProblemError({ code: "not_found", detail: "There are no passwords here." });
    const { account: known, root, onlyAt } = await reachOf(env, principal);
    if (onlyAt !== null) throw new ProblemError({ code: "forbidden", detail: HERE_ALONE });
    await limit(env, { name: "password-change", key: known.id, max: 10, windowS: 15 * 60 });
    const checked = await checkPassword(body.current ?? "", known.passwordDigest);
    if (known.passwordDigest !== null && !checked.right) throw fieldProblem("current", "is not your password");
    const weakness = weaknessOf(body.password, known);
    if (weakness) throw fieldProblem("password", weakness);
    await updateAccount(env, known.id, { passwordDigest: await digestPassword(body.password) });
    await voidCodes(env, { purpose: "set_password", accountId: known.id });
    await endSessions(env, { accountId: known.id, ...(root ? { exceptRootId: root.id } : {}) });
  },
});

const sessions = defineRoute({
  method: "get",
  path: "/account/sessions",
  summary: "Where you are signed in",
  tag,
  policy: allow("account.read"),
  response: z.object({ items: z.array(session), nextCursor: z.null() }),
  problems: [...problems, "not_found"],
  async handle({ env, principal }) {
    const { account, root, onlyAt } = await reachOf(env, principal);
    const items = (await listSignIns(env, account.id, onlyAt)).map((row) => ({
      id: row.id,
      current: row.id === root?.id,
      userAgent: row.userAgent,
      address: row.address,
      createdAt: new Date(row.createdAt).toISOString(),
      seenAt: new Date(row.seenAt).toISOString(),
    }));
    return { items, nextCursor: null };
  },
});

const revoke = defineRoute({
  method: "delete",
  path: "/account/sessions/:id",
  summary: "Sign a browser out everywhere; its sockets are closed",
  tag,
  policy: allow("account.manage"),
  audit: "session.revoke",
  params: z.object({ id: sessionId }),
  status: 204,
  problems: [...problems, "not_found"],
  async handle({ env, principal, params: { id } }) {
    const { account, onlyAt } = await reachOf(env, principal);
    const within = onlyAt === null ? {} : { onlyAt };
    const ended = await endSessions(env, { accountId: account.id, rootId: id, ...within });
    if (ended.length === 0) throw new ProblemError({ code: "not_found", detail: "There is no such session." });
  },
});

const revokeOthers = defineRoute({
  method: "post",
  path: "/account/sessions/end-others",
  summary: "Sign out every browser but this one",
  tag,
  policy: allow("account.manage"),
  audit: "session.revoke",
  status: 204,
  problems: [...problems, "not_found"],
  async handle({ env, principal }) {
    const { account, root, onlyAt } = await reachOf(env, principal);
    const but = { ...(root ? { exceptRootId: root.id } : {}), ...(onlyAt === null ? {} : { onlyAt }) };
    await endSessions(env, { accountId: account.id, ...but });
  },
});

const signOut = defineRoute({
  method: "delete",
  path: "/session",
  summary:
    "Sign this browser out, here and everywhere else; with a `url` where to go so that the identity provider's session ends too",
  tag,
  policy: allow("account.read"),
  audit: "account.sign_out",
  status: 204,
  problems: [...problems],
  async handle({ env, principal }) {
    const root = await rootOf(env, principal.sessionId);
    if (root) await endSessions(env, { accountId: root.accountId, rootId: root.id });
    const headers = { "set-cookie": endedCookie(env), "cache-control": "no-store" };
    const url = root && (await signOutAddress(env, root.signOut));
    return url ? Response.json({ url }, { headers }) : new Response(null, { status: 204, headers });
  },
});

/** `end-others` comes before `:id`, which would not take its name for an id anyway. */
export const accountRoutes: AnyRoute[] = [read, patch, password, sessions, revokeOthers, revoke, signOut];

const HERE_ALONE = "This sign-in is good for this organisation alone.";

/** How far a request reaches into its account; with `onlyAt` to what is good for that org alone. */
interface Reach {
  account: AccountRow;
  root: SessionRow | null;
  onlyAt: string | null;
}

/**
 * An account is of all its orgs: no key or token of one org reaches into it, and a sign-in at an org's own provider only as far as
 * that org goes.
 */
async function reachOf(env: Env, principal: MemberPrincipal): Promise<Reach> {
  if (principal.via === "api_key" || principal.via === "agent_token")
    throw new ProblemError({ code: "forbidden", detail: "Only who is signed in may do this, and no key or token." });
  const [account, root] = await Promise.all([mine(env, principal), rootOf(env, principal.sessionId)]);
  return { account, root, onlyAt: root?.hostOrgId ?? null };
}

/** An agent, and the administrator of a machine without sign-in, have no account. */
async function mine(env: Env, principal: MemberPrincipal): Promise<AccountRow> {
  const found = principal.accountId === null ? null : await findAccount(env, principal.accountId);
  if (found) return found;
  throw new ProblemError({ code: "not_found", detail: "There is no account behind this request." });
}

function toldOf(row: AccountRow) {
  const { id, email, name, timeZone, rev } = row;
  const locale = localeSchema.catch("en").parse(row.locale);
  const [emailVerified, hasPassword] = [row.emailVerifiedAt !== null, row.passwordDigest !== null];
  return { id, email, emailVerified, name, locale, timeZone, hasPassword, rev };
}

function fieldProblem(field: string, message: string): ProblemError {
  return new ProblemError({ code: "invalid", detail: `${field}: ${message}.`, fields: [{ field, message }] });
}
