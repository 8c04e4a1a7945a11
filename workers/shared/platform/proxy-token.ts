import { fail, ok, type ProblemCode, type Result } from "#contract/problem";
import { type Claims, emailOf, isEmailVerified, nameOf, textsAt } from "#domain/identity/claims";
import type { ProxyConfig } from "./auth-config.ts";
import { isSameText } from "./constant-time.ts";
import type { VerifiedIdentity } from "./identity.ts";
import { type TokenRefusal, verifyJwt } from "./jwks.ts";
import { type SafeFetchOptions, safeFetch } from "./safe-fetch.ts";

/** The header in which the proxy shows that a request came through it. */
export const PROXY_SECRET_HEADER = "x-quayside-proxy-secret";
/** Stands for the proxy where an identity names its provider. */
export const PROXY_PROVIDER_ID = "proxy";

const FETCH_MS = 10_000;
const MAX_KEY_BYTES = 256 * 1024;

export interface ProxyDeps {
  config: ProxyConfig;
  development: boolean;
  now: number;
  fetch?: SafeFetchOptions["fetch"];
}

/**
 * Whom a request speaks for behind a forward-auth proxy (identity.md §1, KEYCLOAK_FIREWALL): its JWT, checked against the issuer's
 * keys, issuer and audience. A request without the secret that the proxy adds has gone round it and is refused whatever it carries.
 * Each refusal is `unauthenticated` with its own `reason`; `proxy_unreachable` alone, where the keys cannot be had, is `unavailable`.
 */
export async function readProxyIdentity(request: Request, deps: ProxyDeps): Promise<Result<VerifiedIdentity>> {
  const { config } = deps;
  const shown = request.headers.get(PROXY_SECRET_HEADER);
  if (shown === null || !(await isSameText(shown, config.secret))) return refuse("bypassed");
  const token = tokenIn(request, config.header);
  if (token === null) return refuse("missing");
  const keys = (url: string) =>
    safeFetch(
      url,
      { headers: { accept: "application/json" } },
      { development: deps.development, timeoutMs: FETCH_MS, maxBytes: MAX_KEY_BYTES, fetch: deps.fetch },
    );
  const verified = await verifyJwt(
    token,
    { url: config.jwksUrl, fetch: keys },
    { issuer: config.issuer, audience: config.audience, now: deps.now },
  );
  return verified.ok ? ok(identityOf(verified.claims, config)) : refuse(verified.refusal);
}

function tokenIn(request: Request, header: string): string | null {
  const value = request.headers.get(header)?.trim();
  if (!value) return null;
  if (header !== "authorization") return value;
  return /^Bearer +(\S+)$/i.exec(value)?.[1] ?? null;
}

function identityOf(claims: Claims & { sub: string }, config: ProxyConfig): VerifiedIdentity {
  return {
    providerId: PROXY_PROVIDER_ID,
    issuer: config.issuer,
    subject: claims.sub,
    email: emailOf(claims),
    emailVerified: emailOf(claims) !== null && (config.trustsEmail || isEmailVerified(claims)),
    name: nameOf(claims, claims.sub),
    groups: textsAt(claims, config.rolesClaim),
    idToken: null,
  };
}

type ProxyRefusal = TokenRefusal | "bypassed" | "missing";

const WORDS: Record<ProxyRefusal, string> = {
  bypassed: "This address is reached through the sign-in proxy only.",
  missing: "The sign-in proxy sent no token. Sign in again.",
  malformed: "The sign-in proxy's token cannot be read.",
  alg: "The sign-in proxy's token is signed in a way that is not accepted.",
  key: "The sign-in proxy's token is signed with a key that its issuer does not publish.",
  signature: "The sign-in proxy's token has a wrong signature.",
  issuer: "The sign-in proxy's token comes from another issuer.",
  audience: "The sign-in proxy's token is meant for something else.",
  expired: "The sign-in proxy's token has expired. Sign in again.",
  claims: "The sign-in proxy's token lacks what it must say.",
  unreachable: "The keys of the sign-in proxy's issuer could not be fetched. Try again.",
};

function refuse(refusal: ProxyRefusal): Result<never> {
  const code: ProblemCode = refusal === "unreachable" ? "unavailable" : "unauthenticated";
  return fail(code, WORDS[refusal], { reason: `proxy_${refusal}` });
}
