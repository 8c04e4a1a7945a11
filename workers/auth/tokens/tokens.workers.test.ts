import { exports } from "cloudflare:workers";
import { createLocalJWKSet, decodeJwt, exportJWK, generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from "jose";
import * as client from "openid-client";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { publicJwk } from "#contract/credential";
import { insertCredential, revokeCredential } from "#data/credentials";
import { updateMember } from "#data/members";
import { forTenant } from "#data/tenant-db";
import { signAccessToken, verifyAccessToken, verifyAgentToken } from "#platform/access-token";
import { newId } from "#platform/new-id";
import { randomToken, sha256Hex } from "#platform/random-token";
import { publicKeys, signClaims } from "#platform/signing-keys";
import { makeWorld, testEnv, type World } from "../../shared/testing/world.ts";

const ISSUER = "http://auth.localhost:8787";
const fetchWorker = (url: string, init?: RequestInit) =>
  (exports as unknown as { default: Fetcher }).default.fetch(url, init);
const second = () => Math.floor(Date.now() / 1000);

let world: World;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
beforeAll(async () => {
  world = await makeWorld();
  keys = await generateKeyPair("ES256", { extractable: true });
});
afterEach(() => void vi.restoreAllMocks());

interface Credential {
  clientId: string;
  id: string;
  secret: string;
}

async function credential(
  more: { subject?: "agent" | "worker"; withKey?: boolean; of?: World } = {},
): Promise<Credential> {
  const { subject = "agent", withKey = false, of = world } = more;
  const id = newId("credential");
  const secret = `qss_${randomToken()} +%:ü`;
  await insertCredential(forTenant(testEnv, of), {
    id,
    subject,
    subjectId: subject === "agent" ? of.agent.memberId : "wrk_1",
    secretHash: withKey ? null : await sha256Hex(secret),
    publicJwk: withKey ? JSON.stringify(publicJwk.parse(await exportJWK(keys.publicKey))) : null,
    createdBy: of.principal.memberId,
    createdAt: 0,
  });
  return { clientId: `${of.orgId}.${id}`, id, secret };
}

async function post(form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetchWorker(`${ISSUER}/token`, { method: "POST", body: new URLSearchParams(form), headers });
  const body = (await response.json()) as { access_token?: string; error?: string };
  return { status: response.status, headers: response.headers, body };
}
const grant = { grant_type: "client_credentials" };
const withSecret = ({ clientId, secret }: Credential) => post({ ...grant, client_id: clientId, client_secret: secret });

function assertion(clientId: string, more: JWTPayload = {}, key = keys.privateKey): Promise<string> {
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: `${ISSUER}/token`,
    exp: second() + 60,
    jti: randomToken(),
    ...more,
  };
  return new SignJWT(claims).setProtectedHeader({ alg: "ES256" }).sign(key);
}
const withAssertion = (text: string, more: Record<string, string> = {}) =>
  post({
    ...grant,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: text,
    ...more,
  });

describe("POST auth.BASE/token", () => {
  it.each([
    ["client_secret_basic", false, (secret: string) => client.ClientSecretBasic(secret)],
    ["client_secret_post", false, (secret: string) => client.ClientSecretPost(secret)],
    ["private_key_jwt", true, () => client.PrivateKeyJwt(keys.privateKey)],
  ] as [string, boolean, (secret: string) => client.ClientAuth][])(
    "gives a real client a token of 15 minutes for %s",
    async (_way, withKey, authenticate) => {
      const known = await credential({ withKey });
      const proof = authenticate(known.secret);
      const config = await client.discovery(new URL(ISSUER), known.clientId, undefined, proof, {
        algorithm: "oauth2",
        execute: [client.allowInsecureRequests],
        [client.customFetch]: (url, init) => fetchWorker(url, init as RequestInit),
      });
      const answer = await client.clientCredentialsGrant(config);
      expect(answer).toMatchObject({ token_type: "bearer", expires_in: 900 });
      const published = await (await fetchWorker(`${ISSUER}/.well-known/jwks.json`)).json();
      const { payload, protectedHeader } = await jwtVerify(
        answer.access_token,
        createLocalJWKSet(published as { keys: [] }),
        { issuer: ISSUER, audience: "http://api.localhost:8787" },
      );
      expect(protectedHeader).toMatchObject({ alg: "ES256", typ: "at+jwt", kid: expect.stringMatching(/^auth-/) });
      expect(payload).toMatchObject({ org: world.orgId, kind: "agent", sub: world.agent.memberId });
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
      expect(await verifyAgentToken(testEnv, answer.access_token)).toEqual({
        orgId: world.orgId,
        memberId: world.agent.memberId,
      });
    },
  );

  it("answers as RFC 6749 says, and keeps nothing in caches", async () => {
    const known = await credential();
    const good = await withSecret(known);
    expect([good.status, good.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const basic = { authorization: `Basic ${btoa("x:y")}` };
    const cases: [Promise<Awaited<ReturnType<typeof post>>>, number, string][] = [
      [post({ grant_type: "password" }), 400, "unsupported_grant_type"],
      [post({}), 400, "unsupported_grant_type"],
      [post(grant), 401, "invalid_client"],
      [post(grant, { authorization: "Basic !" }), 401, "invalid_client"],
      [post({ ...grant, client_id: known.clientId }), 401, "invalid_client"],
      [post({ ...grant, client_id: known.clientId, client_secret: known.secret }, basic), 400, "invalid_request"],
      [post({ ...grant, client_id: "another" }, basic), 400, "invalid_request"],
      [withAssertion("x"), 400, "invalid_request"],
      [withAssertion(await assertion("a"), { client_id: "b" }), 400, "invalid_request"],
      [withAssertion(await assertion("a"), { client_assertion_type: "x" }), 400, "invalid_request"],
      [post(grant, { "content-type": "text/plain" }), 400, "invalid_request"],
    ];
    for (const [answer, status, error] of cases) {
      const { status: is, body, headers } = await answer;
      expect([is, body.error]).toEqual([status, error]);
      if (is === 401) expect(headers.get("www-authenticate")).toMatch(/^Basic /);
    }
    const twice = await fetchWorker(`${ISSUER}/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "grant_type=client_credentials&grant_type=client_credentials",
    });
    expect([twice.status, await twice.json()]).toMatchObject([400, { error: "invalid_request" }]);
    const large = await post({ ...grant, client_id: "x".repeat(40_000) });
    expect(large.status).toBe(400);
  });

  it("counts how often an address asks, and says so", async () => {
    const from = { "cf-connecting-ip": "203.0.113.7" };
    let answer = await post(grant, from);
    expect(answer.headers.get("ratelimit-policy")).toBe('"token";q=120;w=60');
    for (let times = 1; times < 120; times++) answer = await post(grant, from);
    expect(answer.status).toBe(401);
    const over = await post(grant, from);
    expect([over.status, over.headers.get("ratelimit-policy")]).toEqual([429, '"token";q=120;w=60']);
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("refuses wrong secrets and unknown clients alike, with the same work", async () => {
    const known = await credential();
    const wrong = [
      { ...known, secret: "wrong" },
      { ...known, clientId: `${world.orgId}.${newId("credential")}` },
      { ...known, clientId: `${newId("org")}.${known.id}` },
      { ...known, clientId: known.id },
    ];
    const digest = vi.spyOn(crypto.subtle, "digest");
    const answers: unknown[] = [];
    for (const one of wrong) {
      digest.mockClear();
      const { status, body } = await withSecret(one);
      answers.push({ status, body, digests: digest.mock.calls.length });
    }
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, body: { error: "invalid_client" }, digests: 4 });
  });

  it("takes an assertion once, for itself, for five minutes at most, and signed by its key", async () => {
    const known = await credential({ withKey: true });
    const text = await assertion(known.clientId);
    expect((await withAssertion(text)).status).toBe(200);
    expect((await withAssertion(text)).body.error).toBe("invalid_client");
    const [racing, other] = [await assertion(known.clientId), await generateKeyPair("ES256")];
    const race = await Promise.all(Array.from({ length: 5 }, () => withAssertion(racing)));
    expect(race.filter(({ status }) => status === 200)).toHaveLength(1);
    const secret = await credential();
    const bad = [
      await assertion(known.clientId, { aud: "https://another.example/token" }),
      await assertion(known.clientId, { iss: "another" }),
      await assertion(known.clientId, { exp: second() + 3600 }),
      await assertion(known.clientId, { exp: second() - 60 }),
      await assertion(known.clientId, { exp: undefined }),
      await assertion(known.clientId, { jti: undefined }),
      await assertion(known.clientId, {}, other.privateKey),
      await assertion(secret.clientId),
      await assertion(`${world.orgId}.${newId("credential")}`),
      await hmac(known.clientId),
    ];
    for (const one of bad) expect((await withAssertion(one)).body.error).toBe("invalid_client");
    expect((await withAssertion(await assertion(known.clientId, { aud: ISSUER }))).status).toBe(200);
    const both = { ...known, secret: "null" };
    expect((await withSecret(both)).body.error).toBe("invalid_client");
  });

  async function hmac(clientId: string): Promise<string> {
    const key = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey)));
    const claims = { iss: clientId, sub: clientId, aud: ISSUER, exp: second() + 60, jti: randomToken() };
    return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(key);
  }

  it("gives nothing for an agent that may not act any more, and notes when a credential was used", async () => {
    const mine = await makeWorld();
    const known = await credential({ of: mine });
    const db = forTenant(testEnv, mine);
    expect((await withSecret(known)).status).toBe(200);
    const row = await testEnv.DB.prepare("SELECT last_used_at FROM credentials WHERE id = ?").bind(known.id).first();
    expect(Date.now() - (row?.last_used_at as number)).toBeLessThan(10_000);
    await updateMember(db, mine.agent.memberId, { state: "suspended" });
    expect((await withSecret(known)).body.error).toBe("invalid_client");
  });
});

describe("tokens of agents and workers", () => {
  it("end with their credential, and are of no use where they were not meant", async () => {
    const known = await credential();
    const token = (await withSecret(known)).body.access_token ?? "";
    expect(await verifyAccessToken(testEnv, token)).toMatchObject({ orgId: world.orgId, credentialId: known.id });
    await revokeCredential(forTenant(testEnv, world), known.id, 1);
    expect(await verifyAccessToken(testEnv, token)).toBeNull();
    expect((await withSecret(known)).body.error).toBe("invalid_client");

    const worker = await credential({ subject: "worker" });
    const workers = (await withSecret(worker)).body.access_token ?? "";
    expect(await verifyAccessToken(testEnv, workers)).toMatchObject({ subject: "worker", subjectId: "wrk_1" });
    expect(await verifyAgentToken(testEnv, workers)).toBeNull();
  });

  it("are refused when forged, too old, of another ring or type, or naming another org's credential", async () => {
    const [known, foreign] = [await credential(), await makeWorld()];
    const now = Date.now();
    const holder = {
      orgId: world.orgId,
      subject: "agent" as const,
      subjectId: world.agent.memberId,
      credentialId: known.id,
    };
    const good = await signAccessToken(testEnv, holder, now);
    expect(await verifyAccessToken(testEnv, good)).toEqual(holder);
    const claims = decodeJwt(good);
    const [head, body] = good.split(".");
    const pair = await generateKeyPair("ES256");
    const { kid } = (await publicKeys(testEnv, "auth", now)).keys[0] as { kid: string };
    const bad = [
      "",
      "x",
      `${head}.${body}.${"A".repeat(86)}`,
      await new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid, typ: "at+jwt" }).sign(pair.privateKey),
      await signAccessToken(testEnv, holder, now - 16 * 60_000),
      await signAccessToken(testEnv, { ...holder, orgId: foreign.orgId }, now),
      await signAccessToken(testEnv, { ...holder, subjectId: world.principal.memberId }, now),
      await signClaims(testEnv, "auth", { claims, now }),
      await signClaims(testEnv, "idp", { claims, now, type: "at+jwt" }),
      await signClaims(testEnv, "auth", { claims: { ...claims, aud: "another" }, now, type: "at+jwt" }),
      await signClaims(testEnv, "auth", { claims: { ...claims, iss: "another" }, now, type: "at+jwt" }),
    ];
    for (const one of bad) expect(await verifyAccessToken(testEnv, one)).toBeNull();
  });

  it("take public keys only, and no weak ones", async () => {
    const [own, weak] = [await exportJWK(keys.privateKey), await generateKeyPair("RS256", { extractable: true })];
    expect(publicJwk.safeParse(own).success).toBe(false);
    expect(publicJwk.safeParse(await exportJWK(keys.publicKey)).success).toBe(true);
    const rsa = await exportJWK(weak.publicKey);
    expect(publicJwk.safeParse(rsa).success).toBe(true);
    expect(publicJwk.safeParse({ ...rsa, n: rsa.n?.slice(0, 171) }).success).toBe(false);
    expect(publicJwk.safeParse({ kty: "oct", k: "AAAA" }).success).toBe(false);
  });
});
