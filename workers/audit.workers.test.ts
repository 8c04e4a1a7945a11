import { runInDurableObject } from "cloudflare:test";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { AUDIT_ACTIONS, type ChainedEntry } from "#contract/audit";
import { answerError } from "#platform/front-door";
import { memberPrincipal } from "#platform/member-principal";
import type { MemberPrincipal } from "#platform/principal";
import { unwrap } from "#platform/problem-response";
import { type AnyRoute, type AppEnv, mountRoutes } from "#platform/route";
import { auditStub } from "#platform/stubs";
import { routes } from "./api/app.ts";
import { sampleRequest } from "./shared/testing/sample.ts";
import { makeWorld, testEnv, type World } from "./shared/testing/world.ts";

const keyOf = ({ method, path }: AnyRoute) => `${method} ${path}`;
const audited = routes.filter(({ audit }) => audit !== null && audit !== "log");

async function entriesOf(world: World): Promise<ChainedEntry[]> {
  return unwrap(await auditStub(testEnv, world.orgId).page(world.orgId, { limit: 200 })).items.toReversed();
}

/** The routes of the api for a principal of choice, on an environment of choice. */
function appAs(principal: MemberPrincipal | null, world: World) {
  const app = new Hono<AppEnv>();
  app.onError(answerError);
  app.use(async (context, next) => {
    context.set("requestId", `req_${"0".repeat(32)}`);
    context.set("principal", principal);
    context.set("org", { id: world.orgId, slug: world.slug, name: world.slug } as AppEnv["Variables"]["org"]);
    await next();
  });
  mountRoutes(app, routes);
  const ctx = { waitUntil: () => undefined, passThroughOnException: () => undefined } as unknown as ExecutionContext;
  return (route: AnyRoute, env = testEnv) => {
    const { path, init } = sampleRequest(route);
    return app.request(path, init, env, ctx);
  };
}

async function breakLog(world: World): Promise<void> {
  const stub = auditStub(testEnv, world.orgId);
  unwrap(await stub.extent(world.orgId));
  await runInDurableObject(stub, (_object, state) => {
    state.storage.sql.exec("CREATE TRIGGER broken BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'full'); END");
  });
}

describe("what routes leave in the audit log", () => {
  it("AU10 every route that writes says its action, or that the log of its conversation is the record", () => {
    expect(audited.length).toBeGreaterThan(15);
    const silent = routes.filter(({ method, audit }) => method !== "get" && audit === null);
    expect(silent.map(keyOf)).toEqual([]);
    for (const { audit } of audited) expect(AUDIT_ACTIONS).toContain(audit);
    for (const { audit, path } of routes) if (audit === "log") expect(path).toMatch(/^\/conversations(?:\/|$)/);
  });

  it("AU10 every audited route leaves its entry, and one more where it is refused or fails", async () => {
    const world = await makeWorld();
    for (const route of audited) {
      const { path, init } = sampleRequest(route);
      const response = await world.fetch(`/api${path}`, init);
      await response.body?.cancel();
      const requestId = response.headers.get("x-request-id");
      const left = (await entriesOf(world)).filter((one) => one.requestId === requestId);
      const done = { action: route.audit, outcome: "done", actor: { memberId: world.principal.memberId, via: "none" } };
      const end = { action: route.audit, outcome: response.status < 500 ? "refused" : "failed" };
      const key = keyOf(route);
      expect({ key, status: response.status, left }).toMatchObject({
        key,
        left: response.status < 400 ? [done] : [done, { ...end, code: expect.any(String) }],
      });
    }
  });

  it("AU10 no audited route does anything where its entry cannot be stored", async () => {
    const world = await makeWorld();
    const file = await world.fetch("/api/files", { method: "POST", body: "x", headers: { "x-file-name": "a" } });
    expect(file.status).toBe(201);
    const state = async () =>
      Promise.all(
        ["providers", "repositories", "budgets"].map(async (one) => (await world.fetch(`/api/${one}`)).text()),
      );
    const before = await state();
    await breakLog(world);
    const files = () => testEnv.FILES.list({ prefix: `${world.orgId}/` });
    const stored = (await files()).objects.length;
    for (const route of audited) {
      const { path, init } = sampleRequest(route);
      const response = await world.fetch(`/api${path}`, init);
      expect({ key: keyOf(route), status: response.status }).toEqual({ key: keyOf(route), status: 503 });
      expect(await response.json()).toMatchObject({ code: "unavailable" });
    }
    expect(await state()).toEqual(before);
    expect((await files()).objects.length).toBe(stored);
  });

  it("AU10 what a policy refuses is one entry, and a stranger leaves none", async () => {
    const world = await makeWorld();
    const guest = memberPrincipal({ ...world.principal, role: "guest" });
    const [asGuest, asStranger] = [appAs(guest, world), appAs(null, world)];
    for (const route of audited) expect((await asStranger(route)).status).toBe(401);
    expect(await entriesOf(world)).toEqual([]);
    const refused = audited.filter(({ policy }) => !policy.admit(guest).ok);
    expect(refused.length).toBeGreaterThan(5);
    for (const route of refused) expect((await asGuest(route)).status).toBe(403);
    const left = await entriesOf(world);
    expect(left.map(({ action, outcome, code }) => [action, outcome, code])).toEqual(
      refused.map(({ audit }) => [audit, "refused", "forbidden"]),
    );
  });

  it("AU11 says who, from which network and with what, and no secret", async () => {
    const world = await makeWorld();
    const headers = {
      "content-type": "application/json",
      "cf-connecting-ip": "203.0.113.77",
      "user-agent": `curl/8 Bearer canary-abcdefgh ${"x".repeat(300)}`,
    };
    const send = async (method: string, path: string, body: unknown) =>
      (await world.fetch(path, { method, headers, body: JSON.stringify(body) })).json<{ id: string }>();
    const provider = { kind: "openai_compatible", name: "p", slug: "p", baseUrl: "http://127.0.0.1:9/v1" };
    const { id } = await send("POST", "/api/providers", { ...provider, apiKey: "canary-key-1" });
    await send("PATCH", `/api/providers/${id}`, { apiKey: "canary-key-2" });
    await send("PATCH", `/api/providers/${id}`, { apiKey: "canary-key-3" });
    await send("PATCH", `/api/providers/${id}`, { apiKey: "" });
    await send("POST", "/api/repositories", { cloneUrl: "https://canary-token@127.0.0.1:9/a.git" });
    const left = await entriesOf(world);
    expect(JSON.stringify(left)).not.toContain("canary");
    const [created, first, second, emptied] = left;
    expect(created).toMatchObject({
      actor: { memberId: world.principal.memberId, kind: "human", name: "Ada", via: "none" },
      action: "provider.create",
      target: "p",
      before: null,
      after: expect.stringMatching(/^[0-9a-f]{64}$/),
      address: "203.0.113.0/24",
      userAgent: expect.stringMatching(/^curl\/8 \[redacted\] x+$/),
    });
    expect(first?.target).toBe(id);
    expect(second?.after).toBe(first?.after);
    expect(emptied?.after).not.toBe(first?.after);
    expect(first?.before).not.toBeNull();
    expect(second?.before).not.toBe(first?.before);
  });

  it("RL7 what is read and leaves an entry counts as a write; what is only read does not", async () => {
    const world = await makeWorld();
    const ask = appAs(world.principal, world);
    const counted: string[] = [];
    const WRITE_RATE = {
      limit: async ({ key }: { key: string }) => {
        counted.push(key);
        return { success: false };
      },
    } as unknown as RateLimit;
    const env = { ...testEnv, WRITE_LIMIT: "on", WRITE_RATE };
    for (const route of routes.filter(({ method }) => method === "get")) {
      const { status } = await ask(route, env);
      expect({ key: keyOf(route), limited: status === 429 }).toEqual({
        key: keyOf(route),
        limited: route.audit !== null,
      });
    }
    expect(new Set(counted)).toEqual(new Set([`${world.orgId}/${world.principal.memberId}`]));
    expect(await entriesOf(world)).toEqual([]);
  });
});
