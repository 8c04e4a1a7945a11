import { decodeJwt, errors, importJWK, type JWK, jwtVerify } from "jose";
import { z } from "zod";
import { clientId as clientIdSchema } from "#contract/credential";
import { type CredentialRow, findCredential } from "#data/credentials";
import { forTenant } from "#data/tenant-db";
import { tokenIssuer } from "#platform/access-token";
import { isSameText } from "#platform/constant-time";
import type { Env } from "#platform/env";
import { claimOnce } from "#platform/one-time-codes";
import { randomToken, sha256Hex } from "#platform/random-token";
import { publicKeys } from "#platform/signing-keys";
import type { OAuthError } from "../oauth.ts";

/** What a client showed to prove who it is. */
export type ClientProof =
  | { kind: "secret"; clientId: string; secret: string }
  | { kind: "assertion"; clientId: string; assertion: string };

export type ReadProof = { ok: true; proof: ClientProof } | { ok: false; error: OAuthError };

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const MAX_ASSERTION_S = 5 * 60;
const CLOCK_TOLERANCE_S = 30;

const missing = { error: "invalid_client", description: "The client does not say who it is." } as const;
const invalid = (description: string): ReadProof => ({ ok: false, error: { error: "invalid_request", description } });

/** Reads how a client authenticates (RFC 6749 §2.3, RFC 7521 §4.2): in one of the ways, and not in two. */
export function readProof(authorization: string | undefined, form: ReadonlyMap<string, string>): ReadProof {
  const ways = [authorization !== undefined, form.has("client_secret"), form.has("client_assertion")];
  if (ways.filter(Boolean).length > 1) return invalid("Authenticate in one way, not in two.");
  if (form.has("client_assertion")) return readAssertion(form);
  if (authorization !== undefined) return readBasic(authorization, form);
  const [clientId, secret] = [form.get("client_id"), form.get("client_secret")];
  if (clientId === undefined || secret === undefined) return { ok: false, error: missing };
  return { ok: true, proof: { kind: "secret", clientId, secret } };
}

/** Both parts are form-encoded inside the header (RFC 6749 §2.3.1). */
function readBasic(authorization: string, form: ReadonlyMap<string, string>): ReadProof {
  try {
    const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1] ?? "";
    const [, id, secret] = /^([^:]+):(.+)$/.exec(atob(encoded)) ?? [];
    if (id === undefined || secret === undefined) return { ok: false, error: missing };
    const clientId = decodeURIComponent(id.replaceAll("+", " "));
    if ((form.get("client_id") ?? clientId) !== clientId) return invalid("client_id names another client.");
    return { ok: true, proof: { kind: "secret", clientId, secret: decodeURIComponent(secret.replaceAll("+", " ")) } };
  } catch {
    return { ok: false, error: missing };
  }
}

function readAssertion(form: ReadonlyMap<string, string>): ReadProof {
  const assertion = form.get("client_assertion") ?? "";
  if (form.get("client_assertion_type") !== ASSERTION_TYPE)
    return invalid(`client_assertion_type must be ${ASSERTION_TYPE}.`);
  try {
    const clientId = decodeJwt(assertion).sub ?? "";
    if ((form.get("client_id") ?? clientId) !== clientId) return invalid("client_id names another client.");
    return { ok: true, proof: { kind: "assertion", clientId, assertion } };
  } catch {
    return invalid("client_assertion is not a JWT.");
  }
}

/**
 * The credential that a proof fits, or null. A client that is unknown costs the same work as one that is known, so that the time
 * of the answer does not tell which there are.
 */
export async function provenCredential(env: Env, proof: ClientProof, now: number): Promise<CredentialRow | null> {
  const named = clientIdSchema.safeParse(proof.clientId).data;
  const [orgId = "org_none", id = "crd_none"] = named?.split(".") ?? [];
  const credential = await findCredential(forTenant(env, { orgId }), id);
  const proven =
    proof.kind === "secret"
      ? await fitsSecret(credential, proof.secret)
      : await fitsKey(env, { credential, proof, now });
  return proven ? credential : null;
}

async function fitsSecret(credential: CredentialRow | null, secret: string): Promise<boolean> {
  const same = await isSameText(await sha256Hex(secret), credential?.secretHash ?? randomToken());
  return same && credential !== null;
}

interface Asserted {
  credential: CredentialRow | null;
  proof: ClientProof & { kind: "assertion" };
  now: number;
}

/** RFC 7523 §3: issued by the client for this place, for five minutes at most, and once. */
async function fitsKey(env: Env, { credential, proof, now }: Asserted): Promise<boolean> {
  const claims = await assertedClaims(env, { credential, proof, now });
  if (claims === null || credential === null) return false;
  const ttlMs = (claims.exp + CLOCK_TOLERANCE_S) * 1_000 - now;
  return claimOnce(env, { purpose: "jti", text: `${proof.clientId}\n${claims.jti}`, ttlMs });
}

const assertionClaims = z.object({ jti: z.string().min(1).max(500), exp: z.number() });

async function assertedClaims(env: Env, { credential, proof, now }: Asserted) {
  const jwk = credential?.publicJwk ?? JSON.stringify((await publicKeys(env, "auth", now)).keys[0]);
  const { key, algorithms } = await keyOf(JSON.parse(jwk) as JWK);
  const issuer = tokenIssuer(env);
  try {
    const { payload } = await jwtVerify(proof.assertion, key, {
      issuer: proof.clientId,
      subject: proof.clientId,
      audience: [issuer, `${issuer}/token`],
      algorithms,
      requiredClaims: ["exp", "jti"],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(now),
    });
    const claims = assertionClaims.safeParse(payload).data;
    const tooLong = claims !== undefined && claims.exp > now / 1_000 + MAX_ASSERTION_S + CLOCK_TOLERANCE_S;
    return claims === undefined || tooLong ? null : claims;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
    throw error;
  }
}

const ALGORITHMS: Record<string, string[]> = { EC: ["ES256"], OKP: ["EdDSA", "Ed25519"], RSA: ["RS256", "PS256"] };

/** The key for whichever of its algorithms the assertion names; no key serves for an algorithm of another kind. */
async function keyOf(
  jwk: JWK,
): Promise<{ key: (header: { alg?: string }) => Promise<CryptoKey>; algorithms: string[] }> {
  const algorithms = ALGORITHMS[jwk.kty ?? ""] ?? [];
  const { kid: _kid, use: _use, alg: _alg, ...bare } = jwk;
  return { algorithms, key: async ({ alg }) => (await importJWK(bare, alg ?? "")) as CryptoKey };
}
