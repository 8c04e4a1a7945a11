import { base64url, createLocalJWKSet, type JWTPayload, jwtVerify } from "jose";
import { z } from "zod";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { redeemCode } from "#platform/one-time-codes";
import { publicKeys, signClaims } from "#platform/signing-keys";
import { oauthAnswer, oauthError } from "../oauth.ts";
import { claimsOf, person } from "./people.ts";

const TOKEN_S = 600;

/** How long a person's browser may take to bring a code to the client. */
export const CODE_MS = 60_000;

const authorizationCode = z.object({
  clientId: z.string(),
  redirectUri: z.string(),
  challenge: z.string(),
  nonce: z.string().nullable(),
  scope: z.string(),
  person,
  authTimeS: z.number().int(),
});
/** What a code of the provider stands for. */
export type Grant = z.infer<typeof authorizationCode>;

const accessClaims = z.object({ scope: z.string(), person });

/** The name of the provider, `http://idp.BASE`. */
export function issuerOf(env: Env): string {
  return hostUrl(configOf(env), "idp");
}

/** Answers the token endpoint: a code of a minute ago and the verifier of its challenge for an ID token and an access token. */
export async function exchange(env: Env, form: ReadonlyMap<string, string>, now: number): Promise<Response> {
  if (form.get("grant_type") !== "authorization_code")
    return oauthError({ error: "unsupported_grant_type", description: "grant_type must be authorization_code." });
  if (form.has("client_secret") || form.has("client_assertion"))
    return oauthError({ error: "invalid_client", description: "Clients of this provider are public: send no secret." });
  const grant = await redeemCode(env, { purpose: "idp", secret: form.get("code") ?? "" }, authorizationCode);
  if (!grant) return oauthError({ error: "invalid_grant", description: "The code is wrong, used, or too old." });
  const fault = await faultOf(grant, form);
  if (fault) return oauthError({ error: "invalid_grant", description: fault });
  return oauthAnswer(await tokensOf(env, grant, now));
}

async function faultOf(grant: Grant, form: ReadonlyMap<string, string>): Promise<string | null> {
  if (form.get("client_id") !== grant.clientId) return "The code was given to another client.";
  if (form.get("redirect_uri") !== grant.redirectUri) return "redirect_uri is not the one the code was sent to.";
  const verifier = new TextEncoder().encode(form.get("code_verifier") ?? "");
  const challenge = base64url.encode(new Uint8Array(await crypto.subtle.digest("SHA-256", verifier)));
  return challenge === grant.challenge ? null : "code_verifier does not fit the code_challenge.";
}

async function tokensOf(env: Env, grant: Grant, now: number) {
  const iat = Math.floor(now / 1000);
  const base = { iss: issuerOf(env), iat, exp: iat + TOKEN_S };
  const sign = (claims: JWTPayload) => signClaims(env, "idp", { claims: { ...base, ...claims }, now });
  const { person: who, scope } = grant;
  const [idToken, accessToken] = await Promise.all([
    sign({
      ...claimsOf(who, scope),
      aud: grant.clientId,
      auth_time: grant.authTimeS,
      ...(grant.nonce === null ? {} : { nonce: grant.nonce }),
    }),
    sign({ aud: `${base.iss}/userinfo`, sub: who.sub, scope, person: who }),
  ]);
  return { access_token: accessToken, token_type: "Bearer", expires_in: TOKEN_S, scope, id_token: idToken };
}

/** The claims about whoever an access token is of; null where it is none of ours or too old. */
export async function userinfo(env: Env, token: string, now: number): Promise<Record<string, unknown> | null> {
  const payload = await verified(env, token, { now, audience: `${issuerOf(env)}/userinfo` });
  const claims = accessClaims.safeParse(payload).data;
  return claims ? claimsOf(claims.person, claims.scope) : null;
}

/** Whether a text is an ID token that this provider once gave. It may have expired (RP-Initiated Logout 1.0 §2). */
export async function isOwnIdToken(env: Env, token: string, now: number): Promise<boolean> {
  return (await verified(env, token, { now })) !== null;
}

async function verified(
  env: Env,
  token: string,
  expected: { now: number; audience?: string },
): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(await publicKeys(env, "idp", expected.now)), {
      issuer: issuerOf(env),
      algorithms: ["ES256"],
      ...(expected.audience === undefined
        ? { clockTolerance: Number.MAX_SAFE_INTEGER }
        : { audience: expected.audience, currentDate: new Date(expected.now) }),
    });
    return payload;
  } catch {
    return null;
  }
}
