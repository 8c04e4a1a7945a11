import { createExecutionContext, evictDurableObject, runInDurableObject } from "cloudflare:test";
import canonicalize from "canonicalize";
import { Hono } from "hono";
import { describe, expect, it, vi } from "vitest";
import { ok } from "#contract/problem";
import { linesOf, verifyExport } from "#domain/conversation/export-chain";
import { type AppEnv, mountRoutes } from "#platform/route";
import { makeWorld, testEnv, type World } from "../../shared/testing/world.ts";
import { transcriptOf } from "../export/log-pages.ts";
import { exportRoutes } from "./export.ts";

const tools = {
  canonical: (value: unknown) => canonicalize(value) ?? "",
  async hash(text: string) {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  },
};

const textOf = async (response: Response) => new TextDecoder().decode(await response.arrayBuffer());

async function verdictOf(text: string) {
  async function* chunks() {
    yield new TextEncoder().encode(text);
  }
  return verifyExport(linesOf(chunks()), tools);
}

async function makeConversation(world: World, texts: string[]) {
  const { body } = await world.json<{ id: string }>("POST", "/api/conversations", { executor: "noop", title: "Böats" });
  const path = `/api/conversations/${body.id}`;
  const post = (content: string) => world.json("POST", `${path}/messages`, { clientId: crypto.randomUUID(), content });
  for (const text of texts) expect((await post(text)).status).toBe(201);
  return { id: body.id, path, post, exported: (format: string) => world.fetch(`${path}/export?format=${format}`) };
}

const stubOf = (world: World, id: string) =>
  testEnv.CONVERSATION.get(testEnv.CONVERSATION.idFromName(`${world.orgId}/${id}`));

describe("GET /conversations/:id/export", () => {
  it("CV29 gives the whole log over several pages, each event as it is stored, and it verifies", async () => {
    const world = await makeWorld();
    const one = await makeConversation(
      world,
      Array.from({ length: 15 }, (_, n) => `${n} ${"ü".repeat(60_000)}`.slice(0, 32_000)),
    );
    for (let n = 0; n < 15; n += 1) await one.post("x".repeat(60_000));
    const response = await one.exported("jsonl");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="boats-${one.id.slice(-8)}.jsonl"`);
    const text = await textOf(response);
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(60);
    const log = await runInDurableObject(stubOf(world, one.id), (_, { storage }) =>
      storage.sql
        .exec("SELECT body FROM events ORDER BY seq")
        .toArray()
        .map((row) => JSON.parse(String(row.body))),
    );
    expect(lines.slice(1, -1).map((line) => line.envelope)).toEqual(log.slice(0, lines.length - 2));
    expect(lines[0]).toMatchObject({ format: "quayside-export", version: 1, title: "Böats", events: lines.length - 2 });
    expect(await verdictOf(text)).toEqual({ ok: true, events: lines.length - 2, digest: lines.at(-1).digest });
    expect((await verdictOf(text.replace("xxx", "xxy"))).ok).toBe(false);
  });

  it("CV29 ends at the seq it had when it began, whatever is written while it is read", async () => {
    const world = await makeWorld();
    const one = await makeConversation(
      world,
      Array.from({ length: 18 }, () => "y".repeat(60_000)),
    );
    const response = await one.exported("jsonl");
    await one.post("came later");
    const text = await textOf(response);
    expect(await verdictOf(text)).toMatchObject({ ok: true });
    expect(text).not.toContain("came later");
    expect(await textOf(await one.exported("jsonl"))).toContain("came later");
  });

  it("CV29 works for an archived conversation, and keeps events of an unknown type", async () => {
    const world = await makeWorld();
    const one = await makeConversation(world, ["hello"]);
    expect((await world.json("PATCH", one.path, { archived: true })).status).toBe(200);
    await runInDurableObject(stubOf(world, one.id), (_, { storage }) => {
      const last = storage.sql.exec("SELECT seq, body FROM events ORDER BY seq DESC LIMIT 1").one();
      const seq = Number(last.seq) + 1;
      const body = { ...JSON.parse(String(last.body)), seq, event: { type: "tide.turned", height: 1.5 } };
      storage.sql.exec("INSERT INTO events (seq, type, body) VALUES (?, 'tide.turned', ?)", seq, JSON.stringify(body));
    });
    await evictDurableObject(stubOf(world, one.id));
    const text = await textOf(await one.exported("jsonl"));
    expect(await verdictOf(text)).toMatchObject({ ok: true });
    expect(text).toContain('"event":{"height":1.5,"type":"tide.turned"}');
    for (const format of ["md", "html"]) expect(await (await one.exported(format)).text()).toContain("Archived");
  });

  it("CV31 gives Markdown and HTML as downloads that run nothing", async () => {
    const world = await makeWorld();
    const one = await makeConversation(world, ["<img src=x onerror=alert(1)>"]);
    const md = await one.exported("md");
    expect(md.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    expect(await md.text()).toContain("> <img src=x onerror=alert(1)>");
    const html = await one.exported("html");
    expect(html.headers.get("content-disposition")).toMatch(/^attachment; filename="boats-[0-9a-f]{8}\.html"$/);
    expect(html.headers.get("content-security-policy")).toContain("sandbox");
    expect(html.headers.get("x-content-type-options")).toBe("nosniff");
    const text = await html.text();
    expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(text.endsWith("</html>\n")).toBe(true);
  });

  it("CV31 refuses a readable form of a log that does not fit memory, page by page", async () => {
    const world = await makeWorld();
    let read = 0;
    const stub = {
      async logPage() {
        read += 1;
        return ok({
          bodies: [JSON.stringify({ seq: read, event: { type: "big", text: "z".repeat(1_000_000) } })],
          next: read,
        });
      },
    };
    const answer = await transcriptOf({ stub, principal: world.principal, upTo: 1_000 });
    expect(answer).toMatchObject({ ok: false, problem: { code: "too_large" } });
    expect(read).toBeLessThan(30);
  });

  it("CV29 is written to the log once, with who took what", async () => {
    const world = await makeWorld();
    const one = await makeConversation(world, ["hello"]);
    const app = new Hono<AppEnv>();
    app.use(async (context, next) => {
      context.set("principal", world.principal);
      context.set("requestId", "req");
      await next();
    });
    mountRoutes(app, exportRoutes);
    const written = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const env = { ...testEnv, LOG_LEVEL: "info" };
    await (
      await app.fetch(new Request(`http://x/conversations/${one.id}/export`), env, createExecutionContext())
    ).arrayBuffer();
    const lines = written.mock.calls.map(([line]) => JSON.parse(String(line)));
    written.mockRestore();
    expect(lines.filter((line) => line.event === "conversation.exported")).toEqual([
      expect.objectContaining({ conversationId: one.id, memberId: world.principal.memberId, format: "jsonl" }),
    ]);
  });

  it("refuses a format it does not know", async () => {
    const world = await makeWorld();
    const one = await makeConversation(world, []);
    const response = await one.exported("pdf");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid" });
  });
});
