import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import { testEnv } from "../testing/world.ts";
import type { Env } from "./env.ts";
import { publicKeys, signClaims } from "./signing-keys.ts";

const DAY = 24 * 60 * 60_000;
const START = Date.UTC(2026, 10, 20);

/** An isolate that has not looked yet: what is kept is kept per configuration, and that per environment. */
const isolate = (more: Partial<Env> = {}): Env => ({ ...testEnv, ...more });
const sign = (env: Env, now: number) =>
  signClaims(env, "auth", { claims: { sub: "x", exp: Math.floor(now / 1000) + 900 }, now });
const kidOf = (token: string) => decodeProtectedHeader(token).kid;

async function verifies(env: Env, token: string, now: number): Promise<boolean> {
  const keys = createLocalJWKSet(await publicKeys(env, "auth", now));
  return jwtVerify(token, keys, { currentDate: new Date(now) }).then(
    () => true,
    () => false,
  );
}

beforeEach(async () => {
  await testEnv.DB.exec("DELETE FROM signing_keys");
});

describe("signing keys", () => {
  it("makes one key however many isolates ask first, and publishes no private half", async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => sign(isolate(), START)));
    expect(new Set(tokens.map(kidOf)).size).toBe(1);
    const { keys } = await publicKeys(isolate(), "auth", START);
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: "EC", crv: "P-256", alg: "ES256", use: "sig" });
    expect(keys[0]).not.toHaveProperty("d");
    for (const token of tokens) expect(await verifies(isolate(), token, START)).toBe(true);
    const row = await testEnv.DB.prepare("SELECT private_sealed FROM signing_keys").first<{ private_sealed: string }>();
    expect(row?.private_sealed).toMatch(/^v\d\./);
  });

  it("keeps rings apart", async () => {
    const token = await sign(isolate(), START);
    const other = await publicKeys(isolate(), "idp", START);
    expect(other.keys).toHaveLength(1);
    await expect(jwtVerify(token, createLocalJWKSet(other), { currentDate: new Date(START) })).rejects.toThrow();
  });

  it("rotates without a moment in which a token is signed by a key that was not published a day before", async () => {
    let published = new Map<string, number>();
    const used = new Set<string>();
    for (let hours = 0; hours < 24 * 120; hours += 16) {
      const now = START + hours * 60 * 60_000;
      const env = isolate();
      const token = await sign(env, now);
      const kid = kidOf(token) ?? "";
      if (used.size > 0 && !used.has(kid)) expect(now - (published.get(kid) ?? now)).toBeGreaterThanOrEqual(DAY - 1);
      used.add(kid);
      expect(await verifies(isolate(), token, now + 15 * 60_000 - 1000)).toBe(true);
      const { keys } = await publicKeys(env, "auth", now);
      published = new Map(keys.map((key) => [key.kid as string, published.get(key.kid as string) ?? now]));
    }
    expect(used.size).toBe(4);
    expect(published.size).toBeLessThanOrEqual(3);
  });

  it("signs at once after a ring was at rest for longer than its keys live", async () => {
    const first = kidOf(await sign(isolate(), START));
    for (const days of [45, 200]) {
      const now = START + days * DAY;
      const token = await sign(isolate(), now);
      expect(await verifies(isolate(), token, now)).toBe(true);
      if (days === 200) expect(kidOf(token)).not.toBe(first);
    }
  });

  it("goes on with a new key where the old ones cannot be opened any more", async () => {
    const old = await sign(isolate(), START);
    const env = isolate({ SECRETS_KEY: btoa("n".repeat(32)) });
    const token = await sign(env, START + 1_000);
    expect(kidOf(token)).not.toBe(kidOf(old));
    for (const one of [old, token]) expect(await verifies(isolate(), one, START + 2_000)).toBe(true);
  });
});
