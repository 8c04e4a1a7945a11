import { base64url } from "jose";

/**
 * PBKDF2-HMAC-SHA-256 (RFC 8018), six rounds of 100,000 iterations: Workers refuse more than 100,000 in one call, and OWASP asks
 * for 600,000. Each round's output is the password of the next; the salt is the same. A digest says how it was made, so that the
 * figures can grow: `pbkdf2-sha256$<rounds>x<iterations>$<salt>$<digest>`, base64url.
 */
const SCHEME = "pbkdf2-sha256";
const PRESENT = { rounds: 6, iterations: 100_000 };
const SALT_BYTES = 16;

interface Work {
  rounds: number;
  iterations: number;
}

/** The digest of a new password. */
export async function digestPassword(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const digest = await derive(password, salt, PRESENT);
  return [SCHEME, `${PRESENT.rounds}x${PRESENT.iterations}`, base64url.encode(salt), base64url.encode(digest)].join(
    "$",
  );
}

/**
 * Whether a password is the one of a digest. Takes as long without a digest as with one, so that an unknown address is not told by
 * the time. `stale` asks for a new digest, made with the present figures.
 */
export async function checkPassword(
  password: string,
  known: string | null,
): Promise<{ right: boolean; stale: boolean }> {
  const parts = parse(known);
  const derived = await derive(password, parts?.salt ?? new Uint8Array(SALT_BYTES), parts?.work ?? PRESENT);
  const expected = parts?.digest ?? new Uint8Array(derived.byteLength);
  const same = expected.byteLength === derived.byteLength && crypto.subtle.timingSafeEqual(expected, derived);
  const stale = parts?.work.rounds !== PRESENT.rounds || parts.work.iterations !== PRESENT.iterations;
  return { right: parts !== null && same, stale };
}

function parse(known: string | null) {
  const [scheme, work = "", salt, digest] = known?.split("$") ?? [];
  const figures = /^(\d{1,3})x(\d{1,7})$/.exec(work);
  if (scheme !== SCHEME || !figures || !salt || !digest) return null;
  const [rounds = 0, iterations = 0] = figures.slice(1).map(Number);
  return { work: { rounds, iterations }, salt: base64url.decode(salt), digest: base64url.decode(digest) };
}

async function derive(password: string, salt: Uint8Array, work: Work): Promise<Uint8Array> {
  let secret: Uint8Array = new TextEncoder().encode(password.normalize("NFKC"));
  for (let round = 0; round < work.rounds; round += 1) {
    const key = await crypto.subtle.importKey("raw", secret as BufferSource, "PBKDF2", false, ["deriveBits"]);
    const bits = await crypto.subtle.deriveBits(
      { name: "PBKDF2", hash: "SHA-256", salt: salt as BufferSource, iterations: work.iterations },
      key,
      256,
    );
    secret = new Uint8Array(bits);
  }
  return secret;
}
