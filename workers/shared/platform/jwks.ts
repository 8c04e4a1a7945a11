import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import type { Result } from "#contract/problem";

/** Where an issuer publishes its keys, and how they are fetched. */
export interface KeySource {
  url: string;
  fetch(url: string): Promise<Result<Response>>;
}

export interface ExpectedClaims {
  issuer: string;
  audience: string;
  /** Now, in milliseconds. */
  now: number;
}

/** Why a token was refused. `unreachable`: the keys could not be had. */
export type TokenRefusal =
  | "malformed"
  | "alg"
  | "key"
  | "signature"
  | "issuer"
  | "audience"
  | "expired"
  | "claims"
  | "unreachable";

export type VerifiedToken = { ok: true; claims: JWTPayload & { sub: string } } | { ok: false; refusal: TokenRefusal };

/** Signatures that need no shared secret: a public key can then never be taken for the secret of an HMAC. */
export const SIGNATURE_ALGORITHMS: readonly string[] = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

const FRESH_MS = 10 * 60_000;
/** Between two fetches because of keys that are not there: made-up key ids must not cost the issuer a request each. */
const REFETCH_EVERY_MS = 30_000;
const CLOCK_TOLERANCE_S = 30;
const MAX_ISSUERS = 100;

interface CachedKeys {
  keys: ReturnType<typeof createLocalJWKSet>;
  fetchedAt: number;
  refetchedAt: number;
}
const cache = new Map<string, CachedKeys>();

/**
 * Checks a JWT's signature with the keys of its issuer, and its issuer, audience and times (RFC 7519, RFC 8725). Keys are kept for
 * ten minutes and fetched once more where the token's key is not among them.
 */
export async function verifyJwt(token: string, source: KeySource, expected: ExpectedClaims): Promise<VerifiedToken> {
  const known = cache.get(source.url);
  if (!known || expected.now - known.fetchedAt > FRESH_MS) {
    return verifyWith(await fetchKeys(source, { now: expected.now, refetch: false }), token, expected);
  }
  const verified = await verifyWith(known, token, expected);
  const unknownKey = !verified.ok && verified.refusal === "key";
  if (!unknownKey || expected.now - known.refetchedAt < REFETCH_EVERY_MS) return verified;
  return verifyWith(await fetchKeys(source, { now: expected.now, refetch: true }), token, expected);
}

async function fetchKeys(source: KeySource, at: { now: number; refetch: boolean }): Promise<CachedKeys | null> {
  const answer = await source.fetch(source.url);
  if (!answer.ok || answer.value.status !== 200) return null;
  try {
    const keys = createLocalJWKSet(await answer.value.json());
    const cached = { keys, fetchedAt: at.now, refetchedAt: at.refetch ? at.now : Number.NEGATIVE_INFINITY };
    const oldest = cache.size >= MAX_ISSUERS ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    cache.set(source.url, cached);
    return cached;
  } catch {
    return null;
  }
}

async function verifyWith(cached: CachedKeys | null, token: string, expected: ExpectedClaims): Promise<VerifiedToken> {
  if (!cached) return { ok: false, refusal: "unreachable" };
  try {
    const { payload } = await jwtVerify(token, cached.keys, {
      issuer: expected.issuer,
      audience: expected.audience,
      algorithms: [...SIGNATURE_ALGORITHMS],
      requiredClaims: ["exp", "sub"],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(expected.now),
    });
    if (!payload.sub) return { ok: false, refusal: "claims" };
    return { ok: true, claims: { ...payload, sub: payload.sub } };
  } catch (error) {
    return { ok: false, refusal: refusalOf(error) };
  }
}

const REFUSALS: Record<string, TokenRefusal> = {
  ERR_JWT_EXPIRED: "expired",
  ERR_JOSE_ALG_NOT_ALLOWED: "alg",
  ERR_JOSE_NOT_SUPPORTED: "alg",
  ERR_JWKS_NO_MATCHING_KEY: "key",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "key",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "signature",
};

function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "iss") return "issuer";
    return error.claim === "aud" ? "audience" : "claims";
  }
  return (error instanceof errors.JOSEError && REFUSALS[error.code]) || "malformed";
}
