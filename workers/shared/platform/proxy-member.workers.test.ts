import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { memberOfAccount } from "#data/members";
import { updateOrg } from "#data/orgs";
import { forTenant } from "#data/tenant-db";
import { makeWorld, testEnv, type World } from "../testing/world.ts";
import { memberByProxy } from "./proxy-member.ts";
import { PROXY_SECRET_HEADER } from "./proxy-token.ts";

const SECRET = "s".repeat(32);
const ISSUER = "https://sso.example/realms/quay";
let world: World;
let env: typeof testEnv;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  world = await makeWorld();
  keys = await generateKeyPair("ES256");
  const published = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: "one" }] };
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => Response.json(published));
  env = {
    ...testEnv,
    AUTH_MODE: "KEYCLOAK_FIREWALL",
    PROXY_ISSUER: ISSUER,
    PROXY_AUDIENCE: "quayside",
    PROXY_JWKS_URL: "https://sso.example/certs",
    PROXY_SECRET: SECRET,
    PROXY_ORG: world.slug,
    PROXY_ROLE_MAP: '{"leads":"admin","staff":"member"}',
  };
  return () => vi.restoreAllMocks();
});

async function come(sub: string, roles: string[], to: World = world) {
  const claims = { sub, email: `${sub}@example.com`, email_verified: true, realm_access: { roles } };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", kid: "one" })
    .setIssuer(ISSUER)
    .setAudience("quayside")
    .setExpirationTime("5m")
    .sign(keys.privateKey);
  const headers = { authorization: `Bearer ${token}`, [PROXY_SECRET_HEADER]: SECRET };
  const request = new Request(`http://${to.slug}.localhost:8787/`, { headers });
  return memberByProxy(env, request, { id: to.orgId, slug: to.slug, name: to.slug });
}

describe("members behind a forward-auth proxy", () => {
  it("are made when they are first seen, once, with the role of their groups", async () => {
    const seen = await Promise.all([come("ada", ["staff"]), come("ada", ["staff"])]);
    const again = await come("ada", ["staff"]);
    for (const one of [...seen, again])
      expect(one).toMatchObject({ ok: true, value: { role: "member", state: "active" } });
    expect(new Set([...seen, again].map((one) => one.ok && one.value.id)).size).toBe(1);
    expect(await come("ada", ["leads"])).toMatchObject({ ok: true, value: { role: "admin" } });
  });

  it("are refused where nobody takes them in, and where their token is not for us", async () => {
    expect(await come("stranger", [])).toMatchObject({
      ok: false,
      problem: { code: "forbidden", reason: "not_admitted" },
    });
    const bare = new Request(`http://${world.slug}.localhost:8787/`);
    const org = { id: world.orgId, slug: world.slug, name: world.slug };
    expect(await memberByProxy(env, bare, org)).toMatchObject({ ok: false, problem: { reason: "proxy_bypassed" } });
    expect(await memberByProxy(testEnv, bare, org)).toMatchObject({ ok: false, problem: { reason: "proxy_missing" } });
  });

  it("are nobody in another org, until its own policy takes them in, and then nothing more than it says", async () => {
    const other = await makeWorld();
    const lead = await come("eva", ["leads"]);
    expect(lead).toMatchObject({ ok: true, value: { role: "admin" } });
    expect(await come("eva", ["leads"], other)).toMatchObject({ ok: false, problem: { reason: "not_admitted" } });
    const accountId = lead.ok ? (lead.value.accountId as string) : "";
    expect(await memberOfAccount(forTenant(env, other), accountId)).toBeNull();
    await updateOrg({ env, orgId: other.orgId }, { signUp: "open" });
    expect(await come("eva", ["leads"], other)).toMatchObject({ ok: true, value: { role: "member" } });
  });
});
