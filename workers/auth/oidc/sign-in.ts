import * as oauth from "oauth4webapi";
import { z } from "zod";
import { ok, type Result } from "#contract/problem";
import { configOf } from "#platform/config";
import { isSameText } from "#platform/constant-time";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import type { VerifiedIdentity } from "#platform/identity";
import { issueCode, redeemCode } from "#platform/one-time-codes";
import { randomToken, sha256Hex } from "#platform/random-token";
import type { SignInProvider } from "#platform/sign-in-providers";
import { discover, type OidcDeps } from "./discovery.ts";
import { exchangeCode } from "./exchange.ts";
import { refuse } from "./refusals.ts";

/** How long a person may take at the provider. */
export const SIGN_IN_MS = 10 * 60_000;

const signInState = z.object({
  providerId: z.string(),
  orgId: z.string().nullable(),
  nonce: z.string(),
  verifier: z.string(),
  /** Digest of the text in the cookie of the browser that began. */
  browser: z.string(),
  carried: z.record(z.string(), z.string()),
});

/** Where providers send people back to; it is to be entered there. */
export function callbackUrl(env: Env): string {
  return `${hostUrl(configOf(env), "auth")}/callback`;
}

export interface Begun {
  /** Where to send the browser. */
  url: string;
  /** What to keep in the browser until it comes back. */
  browser: string;
}

/**
 * Begins a sign-in: code flow with PKCE S256, state and nonce (OpenID Connect Core §3.1, RFC 7636). What must be known when the
 * person comes back is kept here, under the state, for ten minutes and one use; `browser` is what this browser was given before, and
 * `carried` is what whoever asks wants back.
 */
export async function beginSignIn(
  provider: SignInProvider,
  asked: { carried: Record<string, string>; browser: string | null },
  deps: OidcDeps,
): Promise<Result<Begun>> {
  const metadata = await discover(provider.issuer, deps);
  if (!metadata.ok) return metadata;
  const browser = asked.browser ?? randomToken();
  const [nonce, verifier] = [oauth.generateRandomNonce(), oauth.generateRandomCodeVerifier()];
  const payload = {
    providerId: provider.id,
    orgId: provider.orgId,
    nonce,
    verifier,
    browser: await sha256Hex(browser),
    carried: asked.carried,
  };
  const url = new URL(metadata.value.authorization_endpoint);
  const parameters = {
    client_id: provider.clientId,
    redirect_uri: callbackUrl(deps.env),
    response_type: "code",
    scope: provider.scopes,
    state: await issueCode(deps.env, "oidc", { payload, ttlMs: SIGN_IN_MS }),
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return ok({ url: url.href, browser });
}

export interface Finished {
  identity: VerifiedIdentity;
  provider: SignInProvider;
  carried: Record<string, string>;
}

export interface Answer {
  /** The query with which the provider sent the person back. */
  search: URLSearchParams;
  /** What this browser was given when it began. */
  browser: string | null;
  findProvider(known: { id: string; orgId: string | null }): Promise<SignInProvider | null>;
}

/**
 * Who came back from a provider. The state counts once and in the browser that began; the code is exchanged and the ID token
 * checked (OpenID Connect Core §3.1.3.7). Each refusal is `unauthenticated` with its own `reason`; `oidc_unreachable` alone is
 * `unavailable`.
 */
export async function finishSignIn(answer: Answer, deps: OidcDeps): Promise<Result<Finished>> {
  const state = answer.search.get("state") ?? "";
  const begun = await redeemCode(deps.env, { purpose: "oidc", secret: state }, signInState);
  if (!begun) return refuse("state");
  if (answer.browser === null || !(await isSameText(await sha256Hex(answer.browser), begun.browser)))
    return refuse("browser");
  const provider = await answer.findProvider({ id: begun.providerId, orgId: begun.orgId });
  if (!provider) return refuse("provider");
  const { nonce, verifier } = begun;
  const exchanged = { provider, search: answer.search, state, nonce, verifier, redirectUri: callbackUrl(deps.env) };
  const identity = await exchangeCode(exchanged, deps);
  return identity.ok ? ok({ identity: identity.value, provider, carried: begun.carried }) : identity;
}

/** Where a person signs out at the provider too (RP-Initiated Logout 1.0 §2), or null where it has no such place. */
export async function signOutUrl(
  provider: SignInProvider,
  session: { idToken: string | null; returnTo: string },
  deps: OidcDeps,
): Promise<string | null> {
  const metadata = await discover(provider.issuer, deps);
  const address = metadata.ok ? metadata.value.end_session_endpoint : undefined;
  const url = address === undefined ? null : URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  url.searchParams.set("client_id", provider.clientId);
  url.searchParams.set("post_logout_redirect_uri", session.returnTo);
  if (session.idToken !== null) url.searchParams.set("id_token_hint", session.idToken);
  return url.href;
}
