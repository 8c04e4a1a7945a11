import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { z } from "zod";
import { type CredentialSubject, credentialSubject } from "#contract/credential";
import { credentialId, memberId, orgId } from "#contract/ids";
import { findCredential } from "#data/credentials";
import { forTenant } from "#data/tenant-db";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { hostUrl } from "./hosts.ts";
import { randomToken } from "./random-token.ts";
import { publicKeys, signClaims } from "./signing-keys.ts";

export const ACCESS_TOKEN_S = 15 * 60;
/** RFC 9068 §2.1; nothing else that this ring signs is of this type. */
const TYPE = "at+jwt";

/** Who a token of ours is for. */
export interface TokenHolder {
  orgId: string;
  subject: CredentialSubject;
  /** The member of the agent, or the id of the worker. */
  subjectId: string;
  /** With what the token was got; the token ends with it. */
  credentialId: string;
}

const accessClaims = z.object({ org: orgId, kind: credentialSubject, sub: z.string().min(1), crd: credentialId });

/** Who issues tokens: `auth.BASE`. */
export function tokenIssuer(env: Env): string {
  return hostUrl(configOf(env), "auth");
}

/** A token for the API, valid for 15 minutes (RFC 9068, ES256). */
export function signAccessToken(env: Env, holder: TokenHolder, now: number): Promise<string> {
  const iat = Math.floor(now / 1_000);
  const claims = {
    iss: tokenIssuer(env),
    aud: hostUrl(configOf(env), "api"),
    sub: holder.subjectId,
    client_id: `${holder.orgId}.${holder.credentialId}`,
    org: holder.orgId,
    kind: holder.subject,
    crd: holder.credentialId,
    jti: randomToken(),
    iat,
    exp: iat + ACCESS_TOKEN_S,
  };
  return signClaims(env, "auth", { claims, now, type: TYPE });
}

/**
 * Who holds a token of ours, or null where it is forged, too old, meant for something else, or its credential was revoked. Whether
 * the agent's member is still active is for whoever makes a principal of it to say.
 */
export async function verifyAccessToken(env: Env, token: string): Promise<TokenHolder | null> {
  const claims = accessClaims.safeParse(await payloadOf(env, token)).data;
  if (!claims) return null;
  const credential = await findCredential(forTenant(env, { orgId: claims.org }), claims.crd);
  if (credential?.subjectId !== claims.sub || credential.subject !== claims.kind) return null;
  return { orgId: claims.org, subject: claims.kind, subjectId: claims.sub, credentialId: claims.crd };
}

/** The org that a token says it is of, or null where it does not say that it is one of ours. Nothing is proven by this. */
export function orgOfAccessToken(env: Env, token: string): string | null {
  try {
    const claims = decodeJwt(token);
    return claims.iss === tokenIssuer(env) ? (orgId.safeParse(claims.org).data ?? null) : null;
  } catch {
    return null;
  }
}

/** The member and org of an agent's token, or null where it is none. */
export async function verifyAgentToken(env: Env, token: string): Promise<{ orgId: string; memberId: string } | null> {
  const holder = await verifyAccessToken(env, token);
  if (holder?.subject !== "agent" || !memberId.safeParse(holder.subjectId).success) return null;
  return { orgId: holder.orgId, memberId: holder.subjectId };
}

async function payloadOf(env: Env, token: string): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(await publicKeys(env, "auth", Date.now())), {
      issuer: tokenIssuer(env),
      audience: hostUrl(configOf(env), "api"),
      algorithms: ["ES256"],
      typ: TYPE,
      requiredClaims: ["exp"],
    });
    return payload;
  } catch {
    return null;
  }
}
