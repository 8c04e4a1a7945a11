import { exports } from "cloudflare:workers";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { makeWorld, testEnv, type World } from "../../shared/testing/world.ts";

interface Created {
  credential: { id: string; clientId: string; kind: string; lastUsedAt: string | null };
  clientSecret: string | null;
}

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
const create = (body: object) => world.json<Created>("POST", "/api/credentials", body);

async function tokenFor(form: Record<string, string>): Promise<string | undefined> {
  const init = { method: "POST", body: new URLSearchParams({ grant_type: "client_credentials", ...form }) };
  const worker = (exports as unknown as { default: Fetcher }).default;
  const response = await worker.fetch("http://auth.localhost:8787/token", init);
  return ((await response.json()) as { access_token?: string }).access_token;
}
const viaOf = async (token: string | undefined) => {
  const response = await world.fetch("/api/me", { headers: { authorization: `Bearer ${token}` } });
  return ((await response.json()) as { via?: string; code?: string }).via ?? response.status;
};

describe("credentials of agents", () => {
  it("are made with a secret that is told once, give tokens, and end with all of them", async () => {
    const { status, body } = await create({ memberId: world.agent.memberId });
    expect([status, body]).toMatchObject([201, { credential: { kind: "secret", lastUsedAt: null } }]);
    const secret = body.clientSecret ?? "";
    const token = await tokenFor({ client_id: body.credential.clientId, client_secret: secret });
    expect(await viaOf(token)).toBe("agent_token");
    const listed = await world.json<{ items: Created["credential"][] }>("GET", "/api/credentials");
    expect(listed.body.items[0]).toMatchObject({ id: body.credential.id, lastUsedAt: expect.any(String) });
    expect(JSON.stringify(listed.body)).not.toContain(secret);
    const rows = await testEnv.DB.prepare("SELECT * FROM credentials WHERE org_id = ?").bind(world.orgId).all();
    expect(JSON.stringify(rows.results)).not.toContain(secret);
    expect((await world.json("DELETE", `/api/credentials/${body.credential.id}`)).status).toBe(204);
    expect(await viaOf(token)).toBe(401);
    expect((await world.json("DELETE", `/api/credentials/${body.credential.id}`)).status).toBe(404);
    expect((await world.json<{ items: object[] }>("GET", "/api/credentials")).body.items).toEqual([]);
  });

  it("keep their secret out of what is stored for a repeat of the request", async () => {
    const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
    const init = { method: "POST", headers, body: JSON.stringify({ memberId: world.agent.memberId }) };
    const first = (await (await world.fetch("/api/credentials", init)).json()) as Created;
    const again = await world.fetch("/api/credentials", init);
    expect(again.headers.get("idempotent-replay")).toBe("true");
    expect(await again.json()).toEqual(first);
    const kept = await testEnv.DB.prepare("SELECT * FROM idempotency WHERE org_id = ?").bind(world.orgId).all();
    expect(kept.results).toHaveLength(1);
    expect(JSON.stringify(kept.results)).not.toContain(first.clientSecret);
  });

  it("may be a key whose private half never came here", async () => {
    const keys = await generateKeyPair("ES256", { extractable: true });
    const publicJwk = await exportJWK(keys.publicKey);
    const { body } = await create({ memberId: world.agent.memberId, publicJwk });
    expect(body).toMatchObject({ credential: { kind: "key" }, clientSecret: null });
    const id = body.credential.clientId;
    const assertion = await new SignJWT({ jti: "one" })
      .setProtectedHeader({ alg: "ES256" })
      .setIssuer(id)
      .setSubject(id)
      .setAudience("http://auth.localhost:8787")
      .setExpirationTime("1m")
      .sign(keys.privateKey);
    const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    expect(await viaOf(await tokenFor({ client_assertion_type: type, client_assertion: assertion }))).toBe(
      "agent_token",
    );
    const refused = await create({ memberId: world.agent.memberId, publicJwk: await exportJWK(keys.privateKey) });
    expect(refused).toMatchObject({ status: 400, body: { code: "invalid" } });
  });

  it("are for agents alone, and not made by what is no administrator", async () => {
    expect((await create({ memberId: world.principal.memberId })).status).toBe(404);
    const { body } = await create({ memberId: world.agent.memberId });
    const token = await tokenFor({ client_id: body.credential.clientId, client_secret: body.clientSecret ?? "" });
    const init = { method: "POST", body: JSON.stringify({ memberId: world.agent.memberId }) };
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    expect((await world.fetch("/api/credentials", { ...init, headers })).status).toBe(403);
  });
});
