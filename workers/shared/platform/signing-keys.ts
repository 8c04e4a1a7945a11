import { importJWK, type JWK, type JWTPayload, SignJWT } from "jose";
import { addKey, publishedKeys, type SigningKeyRow } from "#data/signing-keys";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { randomToken } from "./random-token.ts";
import { openFor, type SecretPlace, sealFor, systemPlace } from "./secrets.ts";

/** Keys that are used for one thing: `auth` signs our own tokens, `idp` those of the development identity provider. */
export type KeyRing = "auth" | "idp";

const DAY_MS = 24 * 60 * 60_000;
/** A key signs for so long before the next one does. */
const SIGNS_MS = 30 * DAY_MS;
/** The next one is published so long before it signs, so that whoever keeps a copy of the list has it. */
const AHEAD_MS = DAY_MS;
/** A key stays published so long from when it began to sign: twice its time, for what is signed late and for rings at rest. */
const PUBLISHED_MS = 2 * SIGNS_MS;
const KEPT_MS = 60_000;
/** Clocks of two isolates may differ by so much. */
const SKEW_MS = 60_000;

interface Ring {
  rows: SigningKeyRow[];
  until: number;
}
/** Per configuration, so that a ring is not taken for another environment's. */
const kept = new WeakMap<object, Map<KeyRing, Ring>>();

/** The ring's public keys as a JWK set (RFC 7517), those that will sign next and those that signed last among them. */
export async function publicKeys(env: Env, ring: KeyRing, now: number): Promise<{ keys: JWK[] }> {
  const rows = await usableRows(env, ring, now);
  return { keys: rows.map(({ publicJwk }) => JSON.parse(publicJwk) as JWK) };
}

/**
 * Signs claims with the ring's key of the hour (ES256). The first key is made at the first use, and the next one a day before it
 * is to sign; where no private half can be opened any more, as after a loss of `SECRETS_KEY`, one is made at once.
 */
export async function signClaims(env: Env, ring: KeyRing, signed: Signed): Promise<string> {
  const { kid, key } = await signingKey(env, ring, signed.now);
  return new SignJWT(signed.claims).setProtectedHeader({ alg: "ES256", kid, typ: signed.type ?? "JWT" }).sign(key);
}

interface Signed {
  claims: JWTPayload;
  /** Milliseconds since the epoch. */
  now: number;
  /** `typ` of the header; `JWT` unless told. */
  type?: string;
}

async function usableRows(env: Env, ring: KeyRing, now: number): Promise<SigningKeyRow[]> {
  const known = kept.get(configOf(env))?.get(ring);
  const rows = known && known.until > now ? known.rows : await readRows(env, ring, now);
  if (!needsNext(rows, now)) return rows;
  await makeKey(env, { ring, rows, now, atOnce: false });
  return readRows(env, ring, now);
}

async function readRows(env: Env, ring: KeyRing, now: number): Promise<SigningKeyRow[]> {
  const rows = await publishedKeys(env, ring, now);
  const config = configOf(env);
  const rings = kept.get(config) ?? new Map<KeyRing, Ring>();
  kept.set(config, rings);
  rings.set(ring, { rows, until: now + KEPT_MS });
  return rows;
}

function needsNext(rows: SigningKeyRow[], now: number): boolean {
  return !rows.some(({ activeFrom }) => activeFrom > now - SIGNS_MS + AHEAD_MS);
}

async function signingKey(env: Env, ring: KeyRing, now: number): Promise<{ kid: string; key: CryptoKey }> {
  const rows = await usableRows(env, ring, now);
  const found = await opened(env, rows, now);
  if (found) return found;
  await makeKey(env, { ring, rows, now, atOnce: true });
  const made = await opened(env, await readRows(env, ring, now), now);
  if (!made) throw new Error(`no key of the ring ${ring} can sign`);
  return made;
}

/** The newest key that may sign now and whose private half opens. */
async function opened(env: Env, rows: SigningKeyRow[], now: number): Promise<{ kid: string; key: CryptoKey } | null> {
  for (const row of rows.filter(({ activeFrom }) => activeFrom <= now).toReversed()) {
    const jwk = await openFor(env, placeOf(row.kid), row.privateSealed).catch(() => null);
    if (jwk !== null) return { kid: row.kid, key: (await importJWK(JSON.parse(jwk), "ES256")) as CryptoKey };
  }
  return null;
}

interface Wanted {
  ring: KeyRing;
  rows: SigningKeyRow[];
  now: number;
  atOnce: boolean;
}

/** Adds a key unless somebody else just did. It waits for its day while another one can sign until then and stay published. */
async function makeKey(env: Env, { ring, rows, now, atOnce }: Wanted): Promise<void> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const pair = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
  const { kty, crv, x, y, d } = (await crypto.subtle.exportKey("jwk", pair.privateKey)) as JWK;
  const kid = `${ring}-${randomToken()}`;
  const covered = rows.some(({ activeFrom, expiresAt }) => activeFrom <= now && expiresAt > now + 2 * AHEAD_MS);
  const activeFrom = covered && !atOnce ? now + AHEAD_MS : now - SKEW_MS;
  const row = {
    kid,
    publicJwk: JSON.stringify({ kty, crv, x, y, kid, alg: "ES256", use: "sig" }),
    privateSealed: await sealFor(env, placeOf(kid), JSON.stringify({ kty, crv, x, y, d })),
    createdAt: now,
    activeFrom,
    expiresAt: activeFrom + PUBLISHED_MS,
  };
  await addKey(env, row, { ring, known: rows.map((one) => one.kid) });
}

function placeOf(kid: string): SecretPlace {
  return systemPlace("signing_keys", kid, "private_sealed");
}
