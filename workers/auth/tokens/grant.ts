import type { CredentialRow } from "#data/credentials";
import { touchCredential } from "#data/credentials";
import { findMember } from "#data/members";
import { forTenant } from "#data/tenant-db";
import { ACCESS_TOKEN_S, signAccessToken } from "#platform/access-token";
import type { Env } from "#platform/env";
import { type OAuthError, oauthAnswer, oauthError } from "../oauth.ts";
import { provenCredential, readProof } from "./client-auth.ts";

const unknown: OAuthError = { error: "invalid_client", description: "The client is unknown, or its proof is wrong." };

/** Answers `POST auth.BASE/token`: an agent's or a worker's credential for a token of 15 minutes (RFC 6749 §4.4). */
export async function grantToken(
  env: Env,
  asked: { authorization: string | undefined; form: ReadonlyMap<string, string> },
  now: number,
): Promise<Response> {
  if (asked.form.get("grant_type") !== "client_credentials")
    return oauthError({ error: "unsupported_grant_type", description: "grant_type must be client_credentials." });
  const read = readProof(asked.authorization, asked.form);
  if (!read.ok) return oauthError(read.error);
  const credential = await provenCredential(env, read.proof, now);
  if (!credential || !(await mayAct(env, credential))) return oauthError(unknown);
  const { orgId, id, subject, subjectId } = credential;
  const token = await signAccessToken(env, { orgId, subject, subjectId, credentialId: id }, now);
  await touchCredential(forTenant(env, { orgId }), id, now);
  return oauthAnswer({ access_token: token, token_type: "Bearer", expires_in: ACCESS_TOKEN_S });
}

/** An agent that was suspended or removed gets no token. */
async function mayAct(env: Env, { orgId, subject, subjectId }: CredentialRow): Promise<boolean> {
  if (subject !== "agent") return true;
  const member = await findMember(forTenant(env, { orgId }), subjectId);
  return member?.kind === "agent" && member.state === "active";
}
