import { z } from "zod";
import { type SignInWays, signIn } from "#contract/account";
import { type AccountRow, accountByEmail, updateAccount } from "#data/accounts";
import { findOrgBySlug } from "#data/orgs";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { checkPassword, digestPassword } from "#platform/passwords";
import { ProblemError } from "#platform/problem-response";
import { endedCookie, endSessions, sessionCookie, startSession } from "#platform/sessions";
import { signOutAddress } from "#platform/sign-out";
import { auditSignIn } from "../audit.ts";
import { byAddress, byEmail } from "../limits.ts";
import { accountRoute } from "../route.ts";
import { waysInto } from "../ways.ts";

const read = accountRoute({
  method: "get",
  path: "/session",
  summary: "Who is signed in, and how people sign in here or to one organisation",
  policy: "anyone",
  query: z.object({ org: z.string().max(40).optional() }),
  async handle({ env, signedIn, query }) {
    const org = query.org === undefined ? null : await findOrgBySlug(env, query.org);
    const { authMode, environment } = configOf(env);
    const account = signedIn && { id: signedIn.account.id, name: signedIn.account.name, email: signedIn.account.email };
    const ways: SignInWays = await waysInto(env, org);
    return { account, authMode, environment, org: org && { slug: org.slug, name: org.name }, ways };
  },
});

const start = accountRoute({
  method: "post",
  path: "/session",
  summary: "Sign in with a password",
  policy: "anyone",
  body: signIn,
  limits: ({ request, body }) => [byAddress("sign-in", request, 60), byEmail("sign-in", body.email, 10)],
  async handle({ env, request, requestId, body }) {
    requirePasswords(env);
    const account = await accountByEmail(env, body.email);
    const { right, stale } = await checkPassword(body.password, account?.passwordDigest ?? null);
    if (!account || !right) {
      if (account) await auditSignIn(env, { account, request, requestId, code: "unauthenticated" });
      throw wrong();
    }
    refuseInactive(account);
    if (stale) await updateAccount(env, account.id, { passwordDigest: await digestPassword(body.password) });
    await auditSignIn(env, { account, request, requestId });
    return signedInAnswer(env, request, account);
  },
});

const end = accountRoute({
  method: "delete",
  path: "/session",
  summary:
    "Sign out here and in every organisation; with a `url` where to go so that the identity provider's session ends too",
  policy: "anyone",
  async handle({ env, signedIn }) {
    const headers = { "set-cookie": endedCookie(env), "cache-control": "no-store" };
    if (!signedIn) return new Response(null, { status: 204, headers });
    await endSessions(env, { accountId: signedIn.account.id, rootId: signedIn.session.id });
    const url = await signOutAddress(env, signedIn.session.signOut);
    return url === null ? new Response(null, { status: 204, headers }) : Response.json({ url }, { headers });
  },
});

export const sessionRoutes = [read, start, end];

/** A fresh session in every answer that signs somebody in: one that was there before is not taken over. */
export async function signedInAnswer(env: Env, request: Request, account: AccountRow): Promise<Response> {
  const { token } = await startSession(env, request, { accountId: account.id, hostOrgId: null, parentId: null });
  const headers = { "set-cookie": sessionCookie(env, token), "cache-control": "no-store" };
  return Response.json({ url: `${hostUrl(configOf(env), "app")}/` }, { headers });
}

export function requirePasswords(env: Env): void {
  if (configOf(env).authMode === "LOCAL") return;
  throw new ProblemError({ code: "not_found", detail: "People do not sign in with passwords here." });
}

const wrong = () =>
  new ProblemError({ code: "unauthenticated", detail: "The e-mail address or the password is wrong." });

/** Told only to who knows the password. */
function refuseInactive({ status, emailVerifiedAt }: AccountRow): void {
  if (status === "active") return;
  if (status === "suspended")
    throw new ProblemError({ code: "forbidden", detail: "This account is suspended.", reason: "account_suspended" });
  const waits =
    emailVerifiedAt === null ? "Confirm your address first, or wait for an administrator to let you in." : "";
  throw new ProblemError({
    code: "forbidden",
    detail: waits || "An administrator has to let you in first.",
    reason: "account_pending",
  });
}
