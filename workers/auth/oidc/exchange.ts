import * as oauth from "oauth4webapi";
import { fail, ok, type Result } from "#contract/problem";
import { type Claims, emailOf, isEmailVerified, nameOf, textsAt } from "#domain/identity/claims";
import type { VerifiedIdentity } from "#platform/identity";
import { verifyJwt } from "#platform/jwks";
import type { SignInProvider } from "#platform/sign-in-providers";
import {
  discover,
  guardedFetch,
  type OidcDeps,
  type ProviderMetadata,
  requestOptions,
  Unreachable,
} from "./discovery.ts";
import { type OidcRefusal, refuse } from "./refusals.ts";

const CLOCK_TOLERANCE_S = 30;

/** What came back, and what was kept since the sign-in began. */
export interface Exchanged {
  provider: SignInProvider;
  search: URLSearchParams;
  state: string;
  nonce: string;
  verifier: string;
  redirectUri: string;
}

interface Step extends Exchanged {
  metadata: ProviderMetadata;
  client: oauth.Client;
  deps: OidcDeps;
}

/** A refusal on its way out of the steps below. */
class Refused extends Error {
  readonly refusal: OidcRefusal;
  constructor(refusal: OidcRefusal, options?: ErrorOptions) {
    super(refusal, options);
    this.refusal = refusal;
  }
}

/** Exchanges the code of an answer for tokens, and reads from them who the person is. */
export async function exchangeCode(exchanged: Exchanged, deps: OidcDeps): Promise<Result<VerifiedIdentity>> {
  const metadata = await discover(exchanged.provider.issuer, deps);
  if (!metadata.ok) return metadata;
  const client = { client_id: exchanged.provider.clientId, [oauth.clockTolerance]: CLOCK_TOLERANCE_S };
  const step = { ...exchanged, metadata: metadata.value, client, deps };
  try {
    const tokens = await tokensOf(step, authorized(step));
    return identityOf(step, tokens, await withUserinfo(step, tokens));
  } catch (error) {
    if (error instanceof Refused) return refuse(error.refusal);
    if (error instanceof Unreachable) return refuse("unreachable");
    return fail("internal", "The sign-in failed on our side. Begin again.");
  }
}

/** The parameters of an answer that holds a code and names the provider that was asked (RFC 9207). */
function authorized({ metadata, client, search, state }: Step): URLSearchParams {
  try {
    return oauth.validateAuthResponse(metadata, client, search, state);
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError)
      throw new Refused(error.error === "access_denied" ? "denied" : "provider", { cause: error });
    const iss = search.get("iss");
    throw new Refused(iss !== null && iss !== metadata.issuer ? "issuer" : "malformed", { cause: error });
  }
}

interface Tokens {
  idToken: string;
  accessToken: string;
  claims: Claims & { sub: string };
}

async function tokensOf(step: Step, parameters: URLSearchParams): Promise<Tokens> {
  const { metadata, client, provider, deps } = step;
  const response = await oauth.authorizationCodeGrantRequest(
    metadata,
    client,
    authenticationOf(provider, metadata),
    parameters,
    step.redirectUri,
    step.verifier,
    requestOptions(deps),
  );
  const idToken = await idTokenIn(response.clone());
  const claims = idToken === null ? null : await claimsOf(step, idToken);
  const options = { expectedNonce: step.nonce, requireIdToken: true };
  try {
    const answer = await oauth.processAuthorizationCodeResponse(metadata, client, response, options);
    if (idToken === null || claims === null) throw new Refused("malformed");
    if (claims.azp !== undefined && claims.azp !== provider.clientId) throw new Refused("audience");
    return { idToken, accessToken: answer.access_token, claims };
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(refusalOf(error, claims, step.nonce), { cause: error });
  }
}

/** With a secret in whichever of the two forms the provider takes, the header first; without one for a public client. */
function authenticationOf(provider: SignInProvider, metadata: ProviderMetadata): oauth.ClientAuth {
  if (provider.clientSecret === undefined) return oauth.None();
  const methods = metadata.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const posts = methods.includes("client_secret_post") && !methods.includes("client_secret_basic");
  return (posts ? oauth.ClientSecretPost : oauth.ClientSecretBasic)(provider.clientSecret);
}

async function idTokenIn(response: Response): Promise<string | null> {
  const body: unknown = response.status === 200 ? await response.json().catch(() => null) : null;
  const token = (body as { id_token?: unknown } | null)?.id_token;
  return typeof token === "string" ? token : null;
}

/** The claims of an ID token whose signature, issuer, audience and times are right. */
async function claimsOf({ metadata, provider, deps }: Step, idToken: string): Promise<Claims & { sub: string }> {
  const keys = { url: metadata.jwks_uri, fetch: async (url: string) => ok(await guardedFetch(deps, url)) };
  const expected = { issuer: metadata.issuer, audience: provider.clientId, now: deps.now };
  const verified = await verifyJwt(idToken, keys, expected);
  if (!verified.ok) throw new Refused(verified.refusal);
  return verified.claims;
}

const OAUTH_ERRORS: Record<string, OidcRefusal> = {
  invalid_grant: "code_used",
  invalid_client: "client",
  unauthorized_client: "client",
};

/** Why the library refused an answer of the token endpoint. */
function refusalOf(error: unknown, claims: Claims | null, nonce: string): OidcRefusal {
  if (error instanceof oauth.ResponseBodyError) return OAUTH_ERRORS[error.error] ?? "provider";
  if (error instanceof oauth.WWWAuthenticateChallengeError) return "client";
  if (claims === null) return "malformed";
  if (claims.nonce !== nonce) return "nonce";
  const cause = error instanceof Error ? (error.cause as { claim?: unknown; header?: unknown } | undefined) : undefined;
  if (cause?.claim === "aud" || cause?.claim === "azp") return "audience";
  return cause?.header === undefined ? "claims" : "alg";
}

/** The ID token's claims, and from the userinfo endpoint what it leaves out: some providers tell e-mail and groups there only. */
async function withUserinfo(step: Step, { claims, accessToken }: Tokens): Promise<Claims> {
  const { metadata, provider, client, deps } = step;
  const wantsGroups = Object.keys(provider.roleOfGroup).length > 0;
  const whole = emailOf(claims) !== null && (!wantsGroups || textsAt(claims, provider.groupsClaim).length > 0);
  if (whole || metadata.userinfo_endpoint === undefined) return claims;
  try {
    const response = await oauth.userInfoRequest(metadata, client, accessToken, requestOptions(deps));
    return { ...(await oauth.processUserInfoResponse(metadata, client, claims.sub as string, response)), ...claims };
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    throw new Refused("claims", { cause: error });
  }
}

function identityOf(step: Step, tokens: Tokens, claims: Claims): Result<VerifiedIdentity> {
  const { provider, metadata } = step;
  const { sub } = tokens.claims;
  const [email, emailVerified] = [emailOf(claims), isEmailVerified(claims)];
  if (email === null) return refuse("email_missing");
  if (provider.requireVerifiedEmail && !emailVerified) return refuse("email_unverified");
  return ok({
    providerId: provider.id,
    issuer: metadata.issuer,
    subject: sub,
    email,
    emailVerified,
    name: nameOf(claims, sub),
    groups: textsAt(claims, provider.groupsClaim),
    idToken: tokens.idToken,
  });
}
