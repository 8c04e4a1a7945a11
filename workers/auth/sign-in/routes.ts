import type { Context } from "hono";
import { z } from "zod";
import { fail, ok, type Problem, type Result } from "#contract/problem";
import type { AccountRow } from "#data/accounts";
import { findOrg, findOrgBySlug, type OrgRow } from "#data/orgs";
import { roleOfGroups } from "#domain/identity/group-roles";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { handoverUrl } from "#platform/handover";
import { hostUrl } from "#platform/hosts";
import { accountOf } from "#platform/identities";
import type { VerifiedIdentity } from "#platform/identity";
import { logEvent } from "#platform/log";
import { memberIn } from "#platform/membership";
import { ProblemError, problemOf } from "#platform/problem-response";
import { limit } from "#platform/rate-limit";
import { findSignInProvider, type SignInProvider } from "#platform/sign-in-providers";
import { type SignedInAt, takeSignOut } from "#platform/sign-out";
import type { AuthEnv } from "../front.ts";
import { serveIdp } from "../idp/serve-idp.ts";
import type { OidcDeps } from "../oidc/discovery.ts";
import { beginSignIn, type Finished, finishSignIn, signOutUrl } from "../oidc/sign-in.ts";
import { browserCookie, browserOf } from "./browser-cookie.ts";
import { refusedPage } from "./refused-page.ts";

type AuthContext = Context<AuthEnv>;

/** Per address; a sign-in is two requests. */
const SIGN_IN_RATE = { name: "sign-in-provider", max: 120, windowS: 15 * 60 };

const asked = z.object({
  provider: z.string().min(1).max(100),
  /** Slug of the org that the person wants into. */
  org: z.string().max(40).optional(),
  /** Where the person goes in the end, on the host where they began. */
  to: z.string().max(2048).default("/"),
  /** What that host knows the browser by when it comes back. */
  browser: z.string().min(1).max(200),
});

/** Sends a person to a provider; `app.BASE` or the org's host sent them here. */
export function startSignIn(context: AuthContext): Promise<Response> {
  return answering(context, async ({ env, req }) => {
    const query = asked.safeParse(req.query()).data;
    if (!query) return fail("invalid", "This address is not whole. Begin again.");
    const org = query.org === undefined ? null : await findOrgBySlug(env, query.org);
    const provider = await providerNamed(env, query.provider, org?.id ?? null);
    if (!provider) return fail("not_found", "There is no such identity provider here.");
    const carried = carriedOf(query, org?.id);
    const begun = await beginSignIn(provider, { carried, browser: browserOf(env, req.raw) }, depsOf(env));
    return begun.ok ? ok(redirect(begun.value.url, browserCookie(env, begun.value.browser))) : begun;
  });
}

function carriedOf({ to, browser }: z.infer<typeof asked>, orgId: string | undefined): Record<string, string> {
  return { to, browser, ...(orgId === undefined ? {} : { orgId }) };
}

/** A provider of the deployment, or of the org that the person wants into. */
async function providerNamed(env: Env, id: string, orgId: string | null): Promise<SignInProvider | null> {
  const deployed = await findSignInProvider(env, { id, orgId: null });
  return deployed || orgId === null ? deployed : findSignInProvider(env, { id, orgId });
}

/** Takes a person who comes back from a provider, finds or makes their account, and hands over to the host it is good for. */
export function finishAtCallback(context: AuthContext): Promise<Response> {
  return answering(context, async ({ env, req }) => {
    const { searchParams: search } = new URL(req.url);
    const findProvider = (known: { id: string; orgId: string | null }) => findSignInProvider(env, known);
    const finished = await finishSignIn({ search, browser: browserOf(env, req.raw), findProvider }, depsOf(env));
    if (!finished.ok) return finished;
    const { identity, provider, carried } = finished.value;
    const org = carried.orgId === undefined ? await orgOf(env, provider) : await findOrg(env, carried.orgId);
    const role = roleIn(org, finished.value);
    const account = await accountOf(env, {
      identity: vouched(finished.value),
      org,
      providerOrgId: provider.orgId,
      role,
    });
    if (!account.ok) return account;
    const host = await hostFor(env, provider, account.value);
    if (!host.ok) return host;
    const signOut: SignedInAt = { id: provider.id, orgId: provider.orgId, idToken: identity.idToken };
    const handed = {
      ...{ accountId: account.value.id, hostOrgId: provider.orgId, parentId: null },
      browser: carried.browser ?? "",
      signOut: JSON.stringify(signOut),
    };
    return ok(redirect(await handoverUrl(env, handed, { host: host.value, to: carried.to ?? "/" })));
  });
}

/**
 * The identity as it counts for an account. Whoever administers an org can make its own provider say anything: what it says of an
 * address neither binds an account of somebody else nor lets anybody into other orgs.
 */
function vouched({ identity, provider }: Finished): VerifiedIdentity {
  return provider.orgId === null ? identity : { ...identity, emailVerified: false };
}

/**
 * Where a sign-in is good for: `app.BASE`, from which every org of the account is entered; or, at an org's own provider, the host of
 * that org alone, for whoever runs that provider can sign in as any account that it ever named.
 */
async function hostFor(env: Env, provider: SignInProvider, account: AccountRow): Promise<Result<string>> {
  if (provider.orgId === null) return ok("app");
  const org = await findOrg(env, provider.orgId);
  const member = org && (await memberIn(env, org, account));
  if (org && member?.state === "active") return ok(org.slug);
  return fail("forbidden", "You take no part in this organisation. Ask an administrator.", { reason: "not_admitted" });
}

/** Sends a person whose session has ended to the provider's own sign-out, or back where there is none. */
export function signOutAtProvider(context: AuthContext): Promise<Response> {
  return answering(context, async ({ env, req }) => {
    const returnTo = `${hostUrl(configOf(env), "app")}/`;
    const known = await takeSignOut(env, req.query("code") ?? "");
    const provider = known && (await findSignInProvider(env, known));
    const url = provider && (await signOutUrl(provider, { idToken: known.idToken, returnTo }, depsOf(env)));
    return ok(redirect(url ?? returnTo));
  });
}

/** The org in which a provider's groups count, for whoever did not say where they want to go. */
async function orgOf(env: Env, provider: SignInProvider): Promise<OrgRow | null> {
  if (provider.orgId !== null) return findOrg(env, provider.orgId);
  const org = provider.org === undefined ? null : await findOrgBySlug(env, provider.org);
  return org && findOrg(env, org.id);
}

/** What a person's groups give them in an org: nothing in one that is not the provider's. */
function roleIn(org: OrgRow | null, { provider, identity }: Finished) {
  const counts = org !== null && (provider.orgId === org.id || (provider.orgId === null && provider.org === org.slug));
  return counts ? roleOfGroups(provider.roleOfGroup, identity.groups) : null;
}

function depsOf(env: Env): OidcDeps {
  const own = { origin: hostUrl(configOf(env), "idp"), serve: (request: Request) => serveIdp(request, env) };
  return { env, now: Date.now(), own };
}

function redirect(location: string, cookie?: string): Response {
  const headers = new Headers({ location });
  if (cookie !== undefined) headers.set("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** The answer, or a page that tells why there is none: a person waits for it, and no program. */
async function answering(
  context: AuthContext,
  handle: (context: AuthContext) => Promise<Result<Response>>,
): Promise<Response> {
  const { env, req } = context;
  if (configOf(env).authMode !== "OAUTH")
    throw new ProblemError({ code: "not_found", detail: "People do not sign in at identity providers here." });
  const refused = (problem: Problem) => {
    const requestId = context.get("requestId");
    logEvent(env, "auth.refused", { requestId, path: req.path, code: problem.code, reason: problem.reason });
    return refusedPage(env, problem, requestId);
  };
  try {
    await limit(env, { ...SIGN_IN_RATE, key: req.header("cf-connecting-ip") ?? "unknown" });
  } catch (error) {
    return refused(problemOf(error));
  }
  const answer = await handle(context);
  return answer.ok ? answer.value : refused(answer.problem);
}
