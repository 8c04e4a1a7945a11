import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { ok } from "#contract/problem";
import type { Env } from "#platform/env";
import { memberPrincipal } from "#platform/member-principal";
import { newId } from "#platform/new-id";
import type { MemberPrincipal } from "#platform/principal";
import { problemOf, problemResponse } from "#platform/problem-response";
import { type AppEnv, mountRoutes } from "#platform/route";
import { sandboxRoutes } from "./sandbox.ts";
import { workspaceRoutes } from "./workspace.ts";

const orgId = newId("org");
const conversationId = newId("conversation");
const sandboxId = newId("sandbox");
const principal = memberPrincipal({ orgId, memberId: newId("member"), name: "Ann", role: "member" });

/** An environment whose conversations answer this head and know nothing else. */
function envWith(head: { sandboxId: string | null; repository: null }): Env {
  const CONVERSATION = { idFromName: (name: string) => name, get: () => ({ head: async () => ok({ seq: 1, head }) }) };
  return { ...(env as unknown as Env), CONVERSATION } as unknown as Env;
}

function appFor(who: MemberPrincipal | null) {
  const app = new Hono<AppEnv>();
  app.use(async (context, next) => {
    context.set("principal", who);
    context.set("requestId", "req");
    context.set("org", { id: orgId, slug: "demo", name: "Demo" });
    await next();
  });
  mountRoutes(app, [...workspaceRoutes, ...sandboxRoutes]);
  app.onError((error) => problemResponse(problemOf(error)));
  return app;
}

async function call(
  path: string,
  init: RequestInit = {},
  options: { who?: MemberPrincipal | null; sandbox?: string | null } = {},
) {
  const who = options.who === undefined ? principal : options.who;
  const sandbox = options.sandbox === undefined ? sandboxId : options.sandbox;
  const request = new Request(`http://demo.localhost:8787/conversations/${conversationId}${path}`, init);
  return appFor(who).fetch(request, envWith({ sandboxId: sandbox, repository: null }), createExecutionContext());
}

const json = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

describe("workspace routes", () => {
  test("files are written, listed, read with harmless headers, and deleted", async () => {
    const name = encodeURIComponent('d/x"\r\n<script>.html');
    const put = await call(`/files/content?path=${name}`, { method: "PUT", body: "<script>alert(1)</script>" });
    expect(put.status).toBe(204);
    const listing = (await (await call("/files?path=d")).json()) as { entries: { name: string }[] };
    expect(listing.entries.map((one) => one.name)).toEqual(['x"\r\n<script>.html']);
    const read = await call(`/files/content?path=${name}`);
    expect(await read.text()).toBe("<script>alert(1)</script>");
    expect(Object.fromEntries(read.headers)).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": "attachment; filename*=UTF-8''x%22%0D%0A%3Cscript%3E.html",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
    });
    expect((await call(`/files/content?path=${name}`, { method: "DELETE" })).status).toBe(204);
    expect((await call(`/files/content?path=${name}`)).status).toBe(404);
  });

  test("a path that leads out is invalid and named", async () => {
    const response = await call("/files/content?path=..%2F..%2Fetc%2Fpasswd");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid", fields: [{ field: "path" }] });
    expect((await call("/files/content")).status).toBe(400);
  });

  test("exec streams NDJSON, and a command is ended by its id", async () => {
    const response = await call("/exec", json({ command: "echo one; sleep 3001", timeoutMs: 60_000 }));
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("stdout")) text += (await reader.read()).value;
    const { execId } = JSON.parse(text.split("\n")[0] ?? "") as { execId: string };
    expect((await call(`/exec/${execId}`, { method: "DELETE" })).status).toBe(204);
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
    expect(JSON.parse(text.trim().split("\n").at(-1) ?? "")).toMatchObject({ type: "exit", signal: "SIGKILL" });
  });

  test("exec needs exactly one of argv and command", async () => {
    for (const body of [{}, { argv: ["ls"], command: "ls" }, { argv: [] }]) {
      expect((await call("/exec", json(body))).status).toBe(400);
    }
  });

  test("changes of a workspace without git are none, and a commit is a conflict", async () => {
    expect(await (await call("/changes")).json()).toMatchObject({ files: [], branch: null });
    expect((await call("/commit", json({ message: "x" }))).status).toBe(409);
  });

  test("the sandbox is started, stopped and restarted", async () => {
    for (const [action, state] of [
      ["start", "ready"],
      ["stop", "stopped"],
      ["restart", "ready"],
    ]) {
      expect(await (await call(`/sandbox/${action}`, { method: "POST" })).json()).toMatchObject({ state });
    }
  });

  test("a terminal is a WebSocket and nothing else", async () => {
    expect((await call("/terminal")).status).toBe(400);
    for (const origin of ["https://evil.example", "null", "http://localhost:8787"]) {
      expect((await call("/terminal", { headers: { upgrade: "websocket", origin } })).status).toBe(403);
    }
    const own = await call("/terminal", { headers: { upgrade: "websocket", origin: "http://demo.localhost:8787" } });
    expect(own.status).toBe(101);
    own.webSocket?.accept();
    own.webSocket?.close(1000);
    const opened = await call("/terminal?cols=70&rows=20", { headers: { upgrade: "websocket", cookie: "secret=1" } });
    expect(opened.status).toBe(101);
    opened.webSocket?.accept();
    opened.webSocket?.close(1000);
  });

  test("a conversation without a sandbox is a conflict", async () => {
    expect((await call("/files", {}, { sandbox: null })).status).toBe(409);
  });

  test("every route refuses who is not signed in, and other tokens", async () => {
    const sandbox = { kind: "sandbox", orgId, conversationId, sandboxId, repositoryId: null } as never;
    for (const route of [...workspaceRoutes, ...sandboxRoutes]) {
      const path = route.path.replace("/conversations/:id", "").replace(":execId", "x");
      expect((await call(path, { method: route.method.toUpperCase() }, { who: null })).status).toBe(401);
      expect((await call(path, { method: route.method.toUpperCase() }, { who: sandbox })).status).toBe(403);
    }
  });

  test("another org's member finds nothing in this sandbox", async () => {
    await call("/files/content?path=mine.txt", { method: "PUT", body: "x" });
    const who = { ...principal, orgId: newId("org") };
    const listing = (await (await call("/files", {}, { who })).json()) as { entries: unknown[] };
    expect(listing.entries).toEqual([]);
  });
});
