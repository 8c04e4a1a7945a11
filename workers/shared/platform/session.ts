import type { Problem } from "#contract/problem";
import { scopesOf } from "#data/api-keys";
import { findMember, type MemberRow, memberOfAccount, spacesOf } from "#data/members";
import { findOrg, findOrgBySlug, firstOwner, type Org } from "#data/orgs";
import type { SessionRow } from "#data/sessions";
import { forTenant, type TenantDb } from "#data/tenant-db";
import { orgOfAccessToken, verifyAgentToken } from "./access-token.ts";
import { orgOfKey, verifyApiKey } from "./api-keys.ts";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { memberPrincipal } from "./member-principal.ts";
import type { MemberPrincipal } from "./principal.ts";
import { memberByProxy } from "./proxy-member.ts";
import { sessionOf } from "./sessions.ts";

/** The org of a host and whom the request speaks for there; `principal` is null for a stranger. */
export interface Session {
  org: Org;
  principal: MemberPrincipal | null;
  /** Why the sign-in proxy's word was not taken: nobody is served round it, strangers neither. */
  refused?: Problem;
}
/** What a request showed of its member, besides who that is. */
type Shown = Pick<MemberPrincipal, "via"> & Partial<Pick<MemberPrincipal, "sessionId" | "scopes">>;
type Found = { member: MemberRow | null; shown: Shown } | { refused: Problem } | null;

/**
 * The one place that turns a request into a principal; null where there is no such org. `slug` is that of an org's host; null on
 * `api.BASE`, where the token says which org. A request with a bearer token is what the token says and nothing else, so that a
 * wrong one never falls back to a cookie. Of members only active ones are let in.
 */
export async function openSession(env: Env, request: Request, slug: string | null): Promise<Session | null> {
  const token = tokenOf(env, request);
  const finding = slug === null ? orgOfToken(env, token) : findOrgBySlug(env, slug);
  const asking = token === null ? sessionAt(env, request, finding) : null;
  const [org, session] = await Promise.all([finding, asking]);
  if (!org) return null;
  const db = forTenant(env, { orgId: org.id });
  const found =
    token === null ? await shownByBrowser(env, request, { org, session }) : await shownByToken(env, db, token);
  if (found && "refused" in found) return { org, principal: null, refused: found.refused };
  if (found?.member?.state !== "active") return { org, principal: null };
  return { org, principal: await principalOf(db, found.member, found.shown) };
}

/** The session of a browser where browsers have one, looked for while the org of the host is. */
async function sessionAt(env: Env, request: Request, finding: Promise<Org | null>): Promise<SessionRow | null> {
  const { authMode } = configOf(env);
  if (authMode === "NONE" || authMode === "KEYCLOAK_FIREWALL") return null;
  const host = finding.then((org) => org?.id);
  // Who waits for the org itself hears of its failure.
  host.catch(() => undefined);
  return sessionOf(env, request, host);
}

/** The bearer token of a program. Behind a sign-in proxy that sends its own as one, that is told from it by what it says it is. */
function tokenOf(env: Env, request: Request): string | null {
  const { authMode, auth } = configOf(env);
  const token = bearerOf(request);
  if (token === null || authMode !== "KEYCLOAK_FIREWALL" || auth.proxy?.header !== "authorization") return token;
  return orgSaidBy(env, token) === null ? null : token;
}

function bearerOf(request: Request): string | null {
  return /^Bearer ([^\s]+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

async function orgOfToken(env: Env, token: string | null): Promise<Org | null> {
  const id = token === null ? null : orgSaidBy(env, token);
  const row = id === null ? null : await findOrg(env, id);
  return row && row.deletingAt === null ? { id: row.id, slug: row.slug, name: row.name } : null;
}

/** The org that a key or a token of ours names. */
function orgSaidBy(env: Env, token: string): string | null {
  return orgOfKey(token) ?? orgOfAccessToken(env, token);
}

async function shownByToken(env: Env, db: TenantDb, token: string): Promise<Found> {
  if (orgOfKey(token) === null) {
    const agent = await verifyAgentToken(env, token);
    return agent?.orgId === db.orgId
      ? { member: await findMember(db, agent.memberId), shown: { via: "agent_token" } }
      : null;
  }
  const key = await verifyApiKey(env, db.orgId, token);
  return key && { member: await findMember(db, key.memberId), shown: { via: "api_key", scopes: scopesOf(key) } };
}

/** With `AUTH_MODE=NONE`, which the configuration allows only in development on loopback, every request is the org's first owner. */
async function shownByBrowser(
  env: Env,
  request: Request,
  { org, session }: { org: Org; session: SessionRow | null },
): Promise<Found> {
  const db = forTenant(env, { orgId: org.id });
  const { authMode } = configOf(env);
  if (authMode === "NONE") return { member: await firstOwner(db), shown: { via: "none" } };
  if (authMode === "KEYCLOAK_FIREWALL") {
    const known = await memberByProxy(env, request, org);
    return known.ok ? { member: known.value, shown: { via: "proxy" } } : { refused: known.problem };
  }
  const shown = { via: "session", sessionId: session?.id ?? null } as const;
  return session && { member: await memberOfAccount(db, session.accountId), shown };
}

/** Everything that decisions on access need of a member. */
async function principalOf(db: TenantDb, member: MemberRow, shown: Shown): Promise<MemberPrincipal> {
  const { id, kind, name, role, accountId } = member;
  const spaces = await spacesOf(db, id, role);
  return memberPrincipal({ orgId: db.orgId, memberId: id, memberKind: kind, name, role, accountId, spaces, ...shown });
}
