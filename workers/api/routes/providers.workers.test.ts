import { createExecutionContext, runInDurableObject } from "cloudflare:test";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memberPrincipal } from "#platform/member-principal";
import { newId } from "#platform/new-id";
import type { MemberPrincipal } from "#platform/principal";
import { problemOf, problemResponse } from "#platform/problem-response";
import { type AppEnv, mountRoutes } from "#platform/route";
import { testEnv } from "../../shared/testing/world.ts";
import { modelRoutes } from "./models.ts";
import { outputRoutes } from "./outputs.ts";
import { providerRoutes } from "./providers.ts";

const KEY = "sk-live-abcdefghijkl-9876";
let principal: MemberPrincipal;

const app = new Hono<AppEnv>();
app.use(async (context, next) => {
  context.set("principal", principal);
  context.set("requestId", "req_test");
  await next();
});
app.onError((error) => problemResponse(problemOf(error)));
mountRoutes(app, [...providerRoutes, ...modelRoutes, ...outputRoutes]);

async function request(method: string, path: string, sent: { body?: object; ifMatch?: string } = {}) {
  const init = {
    method,
    headers: { "content-type": "application/json", ...(sent.ifMatch ? { "if-match": sent.ifMatch } : {}) },
    body: sent.body && JSON.stringify(sent.body),
  };
  const answer = await app.fetch(new Request(`http://demo.localhost${path}`, init), testEnv, createExecutionContext());
  const text = await answer.text();
  return { status: answer.status, etag: answer.headers.get("etag"), text, json: text === "" ? null : JSON.parse(text) };
}

const body = { kind: "openai", name: "Open", slug: "open", apiKey: KEY, models: [{ name: "gpt-x" }] };
const asOrg = async () => {
  const orgId = newId("org");
  await testEnv.DB.prepare("INSERT INTO orgs (id, slug, name, created_at) VALUES (?1, ?2, 'Org', 0)")
    .bind(orgId, orgId.slice(-12))
    .run();
  principal = memberPrincipal({ orgId, memberId: newId("member"), name: "Ana", role: "owner" });
};

beforeEach(asOrg);
afterEach(() => vi.unstubAllGlobals());

describe("providers", () => {
  it("are created with a key that never comes back", async () => {
    const made = await request("POST", "/providers", { body });
    expect(made).toMatchObject({ status: 201, etag: '"1"' });
    expect(made.json).toMatchObject({
      slug: "open",
      rev: 1,
      key: { hasValue: true, lastFour: "9876" },
      models: [{ name: "gpt-x", price: null }],
    });
    const list = await request("GET", "/providers");
    const one = await request("GET", `/providers/${made.json.id}`);
    expect(list.json.items).toEqual([one.json]);
    expect(made.text + list.text + one.text).not.toContain(KEY);
    const row = await testEnv.DB.prepare("SELECT key_sealed FROM providers WHERE id = ?1").bind(made.json.id).first();
    expect(String(row?.key_sealed)).toMatch(/^v2\.[0-9a-f]{8}\./);
  });

  it.each([
    [{ ...body, slug: "demo" }, "slug"],
    [{ ...body, slug: "Not A Slug" }, "slug"],
    [{ ...body, kind: "openai_compatible" }, "baseUrl"],
    [{ ...body, baseUrl: "http://169.254.169.254/v1" }, "baseUrl"],
    [{ ...body, baseUrl: "ftp://x.example.com" }, "baseUrl"],
    [{ ...body, apiKey: "two words" }, "apiKey"],
  ])("are refused with the field that is wrong: %#", async (wrong, field) => {
    const answer = await request("POST", "/providers", { body: wrong });
    expect(answer).toMatchObject({ status: 400, json: { code: "invalid", fields: [{ field }] } });
    expect((await request("GET", "/providers")).json.items).toEqual([]);
  });

  it("have a slug of their own", async () => {
    await request("POST", "/providers", { body });
    expect(await request("POST", "/providers", { body })).toMatchObject({ status: 409, json: { code: "conflict" } });
    await asOrg();
    expect((await request("POST", "/providers", { body })).status).toBe(201);
  });

  it("change only from the rev that was read, and an empty key removes the key", async () => {
    const { id } = (await request("POST", "/providers", { body })).json;
    const renamed = await request("PATCH", `/providers/${id}`, { body: { name: "New" }, ifMatch: '"1"' });
    expect(renamed).toMatchObject({ status: 200, etag: '"2"', json: { name: "New", key: { hasValue: true } } });
    expect((await request("PATCH", `/providers/${id}`, { body: { name: "Old" }, ifMatch: '"1"' })).status).toBe(412);
    const keyless = await request("PATCH", `/providers/${id}`, { body: { apiKey: "" } });
    expect(keyless.json).toMatchObject({ name: "New", key: { hasValue: false, lastFour: null, updatedAt: null } });
    expect((await request("DELETE", `/providers/${id}`, { ifMatch: '"1"' })).status).toBe(412);
    expect((await request("DELETE", `/providers/${id}`)).status).toBe(204);
    expect((await request("GET", `/providers/${id}`)).status).toBe(404);
  });

  it("are not there for another org, nor for members who are no administrators", async () => {
    const { id } = (await request("POST", "/providers", { body })).json;
    const owner = principal;
    await asOrg();
    for (const [method, path] of [
      ["GET", `/providers/${id}`],
      ["PATCH", `/providers/${id}`],
      ["DELETE", `/providers/${id}`],
      ["POST", `/providers/${id}/check`],
    ] as const)
      expect((await request(method, path, method === "GET" ? {} : { body: {} })).status).toBe(404);
    principal = { ...owner, role: "member" };
    expect((await request("GET", "/providers")).status).toBe(403);
    expect((await request("POST", "/providers", { body })).status).toBe(403);
    expect((await request("GET", "/models")).status).toBe(200);
  });

  it.each([
    [
      () => Response.json({ data: [{ id: "a" }, { id: "models/b" }] }),
      { reachable: true, detail: "Connected: it lists 2 models.", models: ["a", "b"] },
    ],
    [() => Response.json({}, { status: 401 }), { reachable: false, detail: "The provider does not accept this key." }],
    [
      () => Response.json({}, { status: 404 }),
      { reachable: false, detail: expect.stringContaining("Check the base URL") },
    ],
    [() => new Response("<html>"), { reachable: false, detail: expect.stringContaining("not with a list of models") }],
    [
      () => Promise.reject(new TypeError("refused")),
      { reachable: false, detail: expect.stringContaining("api.openai.com cannot be reached") },
    ],
  ])("tell how a connection went: %#", async (answer, expected) => {
    const calls: Headers[] = [];
    vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
      calls.push(new Headers(init.headers));
      return answer();
    });
    expect((await request("POST", "/providers/check", { body })).json).toMatchObject(expected);
    const { id } = (await request("POST", "/providers", { body })).json;
    expect((await request("POST", `/providers/${id}/check`)).json).toMatchObject(expected);
    expect(calls.map((headers) => headers.get("authorization"))).toEqual([`Bearer ${KEY}`, `Bearer ${KEY}`]);
  });

  it.each([
    ["anthropic", null, { data: [{ type: "model", id: "claude-x" }], has_more: false }, "claude-x", "x-api-key"],
    ["google", null, { models: [{ name: "models/gemini-x", displayName: "X" }] }, "gemini-x", "x-goog-api-key"],
    [
      "workers_ai",
      "https://cf.example.com/ai/v1",
      { success: true, result: [{ id: "1", name: "@cf/x" }] },
      "@cf/x",
      "authorization",
    ],
  ])("list the models of %s as it does", async (...[kind, baseUrl, answer, model, header]) => {
    const seen: (string | null)[] = [];
    vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
      seen.push(new Headers(init.headers).get(header));
      return Response.json(answer);
    });
    const asked = await request("POST", "/providers/check", { body: { ...body, kind, baseUrl } });
    expect(asked.json).toMatchObject({ reachable: true, models: [model] });
    expect(seen).toEqual([expect.stringContaining(KEY)]);
  });
});

describe("outputs", () => {
  const put = async (conversationId: string, itemId: string) =>
    testEnv.FILES.put(`${principal.orgId}/outputs/${itemId}`, "<b>whole</b>", { customMetadata: { conversationId } });

  it("are plain text for those who may see the conversation, and not there for others", async () => {
    const [conversationId, itemId] = [newId("conversation"), newId("item")];
    await put(conversationId, itemId);
    const path = `/conversations/${conversationId}/outputs/${itemId}`;
    let known = true;
    await runInDurableObject(testEnv.CONVERSATION.get(testEnv.CONVERSATION.newUniqueId()), (conversation) => {
      const missing = { ok: false, problem: { code: "not_found", detail: "There is no such conversation." } };
      Object.getPrototypeOf(conversation).head = async () =>
        known ? { ok: true, value: { seq: 1, head: {} } } : missing;
    });
    const answer = await app.fetch(new Request(`http://demo.localhost${path}`), testEnv, createExecutionContext());
    expect(await answer.text()).toBe("<b>whole</b>");
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    const other = `/conversations/${newId("conversation")}/outputs/${itemId}`;
    expect((await request("GET", other)).status).toBe(404);
    known = false;
    expect((await request("GET", path)).status).toBe(404);
  });
});

describe("models", () => {
  it("has the demo model as default until a real one is there", async () => {
    expect((await request("GET", "/models")).json.items).toMatchObject([
      { id: "demo/scripted", demo: true, isDefault: true },
    ]);
    const { id } = (await request("POST", "/providers", { body })).json;
    expect((await request("GET", "/models")).json.items).toMatchObject([
      { id: "open/gpt-x", provider: "Open", demo: false, isDefault: true },
      { id: "demo/scripted", isDefault: false },
    ]);
    await request("PATCH", `/providers/${id}`, { body: { enabled: false } });
    expect((await request("GET", "/models")).json.items).toHaveLength(1);
  });
});
