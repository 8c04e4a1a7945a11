import { createExecutionContext } from "cloudflare:test";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Me } from "#contract/me";
import { PROXY_SECRET_HEADER } from "#platform/proxy-token";
import { openSession } from "#platform/session";
import worker from "../index.ts";
import { makeWorld, testEnv, type World } from "../shared/testing/world.ts";
import { apiFor } from "./api-for.ts";

const SECRET = "s".repeat(32);
const ISSUER = "https://sso.example/realms/pages";
let world: World;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  world = await makeWorld();
  keys = await generateKeyPair("ES256");
  const published = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: "one" }] };
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => Response.json(published));
});
afterAll(() => void vi.restoreAllMocks());

const behind = (header: string): typeof testEnv => ({
  ...testEnv,
  AUTH_MODE: "KEYCLOAK_FIREWALL",
  PROXY_ISSUER: ISSUER,
  PROXY_AUDIENCE: "quayside",
  PROXY_JWKS_URL: "https://sso.example/certs",
  PROXY_SECRET: SECRET,
  PROXY_JWT_HEADER: header,
  PROXY_ORG: world.slug,
  PROXY_ROLE_MAP: '{"staff":"member"}',
});

async function tokenOf(sub: string): Promise<string> {
  const claims = { sub, email: `${sub}@example.com`, email_verified: true, realm_access: { roles: ["staff"] } };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", kid: "one" })
    .setIssuer(ISSUER)
    .setAudience("quayside")
    .setExpirationTime("5m")
    .sign(keys.privateKey);
}

describe("a page behind a sign-in proxy", () => {
  it.each([
    ["authorization", "Bearer "],
    ["cf-access-jwt-assertion", ""],
  ])("calls the api as the member who asked for it: %s", async (header, prefix) => {
    const env = behind(header);
    const headers = { [header]: `${prefix}${await tokenOf("ada")}`, [PROXY_SECRET_HEADER]: SECRET };
    const page = new Request(`http://${world.slug}.localhost:8787/conversations`, { headers });
    const session = await openSession(env, page, world.slug);
    const api = async (request: Request) => worker.fetch(request, env, createExecutionContext());
    const answer = await apiFor(page, { env, api })("/api/me");
    expect(answer.status).toBe(200);
    const { member, via } = await answer.json<Me>();
    expect({ id: member.id, via }).toEqual({ id: session?.principal?.memberId, via: "proxy" });
  });

  it("calls it as nobody where the proxy was gone round", async () => {
    const env = behind("cf-access-jwt-assertion");
    const headers = { "cf-access-jwt-assertion": await tokenOf("ada") };
    const page = new Request(`http://${world.slug}.localhost:8787/conversations`, { headers });
    const api = async (request: Request) => worker.fetch(request, env, createExecutionContext());
    expect([401, 403]).toContain((await apiFor(page, { env, api })("/api/me")).status);
  });
});
