import { exports } from "cloudflare:workers";
import { Hono } from "hono";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { insertCredential, revokeCredential } from "#data/credentials";
import { updateMember } from "#data/members";
import { forTenant } from "#data/tenant-db";
import { makeWorld, testEnv, type World } from "../testing/world.ts";
import { signAccessToken } from "./access-token.ts";
import { answerError, frontDoor } from "./front-door.ts";
import { newId } from "./new-id.ts";
import { PROXY_SECRET_HEADER } from "./proxy-token.ts";
import type { AppEnv } from "./route.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

async function tokenOf({ orgId, agent, principal }: World, subject: "agent" | "worker" = "agent") {
  const id = newId("credential");
  const subjectId = subject === "agent" ? agent.memberId : "wrk_1";
  const about = { secretHash: null, publicJwk: null, createdBy: principal.memberId, createdAt: 0 };
  await insertCredential(forTenant(testEnv, { orgId }), { id, subject, subjectId, ...about });
  return { id, token: await signAccessToken(testEnv, { orgId, subject, subjectId, credentialId: id }, Date.now()) };
}
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe("a request with an agent's token", () => {
  it("is the agent, on its org's host and on api.BASE", async () => {
    const { token } = await tokenOf(world);
    const at = (exports as unknown as { default: Fetcher }).default;
    for (const response of [
      await world.fetch("/api/me", bearer(token)),
      await at.fetch("http://api.localhost:8787/api/me", bearer(token)),
    ]) {
      expect([response.status, await response.json()]).toMatchObject([
        200,
        { via: "agent_token", org: { id: world.orgId }, member: { id: world.agent.memberId, kind: "agent" } },
      ]);
    }
  });

  it("is nobody on another org's host, with a worker's token, and after the credential or the agent is gone", async () => {
    const [mine, other] = [await makeWorld(), await makeWorld()];
    const [agent, worker] = [await tokenOf(mine), await tokenOf(mine, "worker")];
    const statusOf = async (place: World, token: string) => (await place.fetch("/api/me", bearer(token))).status;
    expect(await statusOf(other, agent.token)).toBe(401);
    expect(await statusOf(mine, worker.token)).toBe(401);
    expect(await statusOf(mine, `${agent.token}x`)).toBe(401);
    const second = await tokenOf(mine);
    await revokeCredential(forTenant(testEnv, mine), agent.id, 1);
    expect([await statusOf(mine, agent.token), await statusOf(mine, second.token)]).toEqual([401, 200]);
    await updateMember(forTenant(testEnv, mine), mine.agent.memberId, { state: "suspended" });
    expect(await statusOf(mine, second.token)).toBe(401);
  });
});

describe("a request behind a forward-auth proxy", () => {
  const secret = "s".repeat(32);
  const issuer = "https://sso.example/realms/session";
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  beforeAll(async () => {
    keys = await generateKeyPair("ES256");
    const published = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: "one" }] };
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => Response.json(published));
    return () => vi.restoreAllMocks();
  });

  async function ask(headers: Record<string, string>) {
    const app = new Hono<AppEnv>();
    app.onError(answerError);
    app.use("*", frontDoor());
    app.get("/api/me", (context) => context.json(context.get("principal")));
    const env = {
      ...testEnv,
      ...{ AUTH_MODE: "KEYCLOAK_FIREWALL", PROXY_ISSUER: issuer, PROXY_AUDIENCE: "quayside", PROXY_SECRET: secret },
      ...{ PROXY_JWKS_URL: "https://sso.example/session/certs", PROXY_ORG: world.slug },
      PROXY_ROLE_MAP: '{"leads":"admin"}',
    };
    const response = await app.fetch(new Request(`http://${world.slug}.localhost:8787/api/me`, { headers }), env);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const signed = (audience: string) =>
    new SignJWT({ email: "ada@example.com", email_verified: true, realm_access: { roles: ["leads"] } })
      .setProtectedHeader({ alg: "ES256", kid: "one" })
      .setIssuer(issuer)
      .setSubject("ada")
      .setAudience(audience)
      .setExpirationTime("5m")
      .sign(keys.privateKey);

  it("is the member that the token names", async () => {
    const authorization = `Bearer ${await signed("quayside")}`;
    expect(await ask({ authorization, [PROXY_SECRET_HEADER]: secret })).toMatchObject({
      status: 200,
      body: { via: "proxy", role: "admin", orgId: world.orgId },
    });
  });

  it("is refused with the reason, whatever it asks for: round the proxy, without a token, for somebody else", async () => {
    const authorization = `Bearer ${await signed("quayside")}`;
    expect(await ask({ authorization })).toMatchObject({ status: 401, body: { reason: "proxy_bypassed" } });
    expect(await ask({ [PROXY_SECRET_HEADER]: secret })).toMatchObject({
      status: 401,
      body: { reason: "proxy_missing" },
    });
    const foreign = { authorization: `Bearer ${await signed("another")}`, [PROXY_SECRET_HEADER]: secret };
    expect(await ask(foreign)).toMatchObject({ status: 401, body: { reason: "proxy_audience" } });
  });

  it("is a program where its token is one of ours", async () => {
    const { token } = await tokenOf(world);
    expect(await ask(bearer(token).headers)).toMatchObject({ status: 200, body: { via: "agent_token" } });
  });
});
