import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { command } from "#contract/command";
import { LIMITS } from "#contract/limits";
import { secureAnswer } from "#platform/edge-headers";
import { problemResponse } from "#platform/problem-response";
import { accountRoutes } from "./account/app.ts";
import { routes } from "./api/app.ts";
import { sampleBody, sampleRequest } from "./shared/testing/sample.ts";
import { makeWorld } from "./shared/testing/world.ts";

const ask = (host: string, path: string, init?: RequestInit) =>
  (exports as unknown as { default: Fetcher }).default.fetch(`http://${host}:8787${path}`, init);

const bodied = routes.filter(({ body }) => body !== undefined);
const keyOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

/** Where in a JSON schema an object takes fields it does not name. */
function looseObjects(schema: unknown, path = "(body)"): string[] {
  if (schema === null || typeof schema !== "object") return [];
  const { type, additionalProperties } = schema as { type?: unknown; additionalProperties?: unknown };
  const own = type === "object" && additionalProperties === undefined ? [path] : [];
  return [...own, ...Object.entries(schema).flatMap(([name, child]) => looseObjects(child, `${path}.${name}`))];
}

describe("headers of every host", () => {
  const ROOMS = ["api", "mcp", "auth", "hooks", "control", "llm", "git", "img", "idp"];

  it("no answer is sniffed, framed, or tells where one was; none that is no page runs anything", async () => {
    const world = await makeWorld();
    const org = `${world.slug}.localhost`;
    const asked: [string, string, RequestInit?][] = [
      [org, "/api/me"],
      [org, "/api/nothing"],
      [org, "/api/conversations", { method: "POST", body: "{", headers: { "content-type": "application/json" } }],
      [org, "/api/conversations", { method: "POST", headers: { origin: "https://evil.example" } }],
      [org, "/api/conversations/cnv_1/socket"],
      [org, "/health"],
      ["app.localhost", "/conversations", { headers: { accept: "text/html" }, redirect: "manual" }],
      ["app.localhost", "/api/nothing"],
      ["app.localhost", "/dev/mail"],
      ["api.localhost", "/health"],
      ["api.localhost", "/docs"],
      ["api.localhost", "/openapi.json"],
      ["llm.localhost", "/v1/models"],
      ["git.localhost", "/rep_1.git/info/refs"],
      ["img.localhost", "/pass"],
      ...ROOMS.map((room): [string, string] => [`${room}.localhost`, "/api/nothing"]),
      ["nobody.localhost", "/api/me"],
      ["elsewhere.example", "/"],
    ];
    for (const [host, path, init] of asked) {
      const response = await ask(host, path, init);
      await response.body?.cancel();
      const said = Object.fromEntries(response.headers);
      expect({ host, path, said }).toMatchObject({
        host,
        path,
        said: {
          "x-content-type-options": "nosniff",
          "referrer-policy": "no-referrer",
          "cross-origin-resource-policy": "same-origin",
          "content-security-policy": expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
        },
      });
      expect(said["content-security-policy"]).not.toContain("script-src");
      expect(said).not.toHaveProperty("strict-transport-security");
    }
  });

  it("says in production that only https will do, and keeps what an answer says itself", () => {
    const own = new Response("x", { headers: { "content-security-policy": "sandbox", "referrer-policy": "origin" } });
    const said = secureAnswer(own, { production: true }).headers;
    expect(said.get("strict-transport-security")).toBe("max-age=63072000; includeSubDomains");
    expect(said.get("content-security-policy")).toBe("sandbox; frame-ancestors 'none'");
    expect(said.get("referrer-policy")).toBe("origin");
    const problem = secureAnswer(problemResponse({ code: "not_found", detail: "No." }), { production: true });
    expect([problem.status, problem.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  });
});

describe("bodies of every route", () => {
  it("an unknown field is refused, and named", async () => {
    const world = await makeWorld();
    const strict = bodied.filter(({ body }) => body && !("bytes" in body));
    expect(strict.length).toBeGreaterThan(10);
    for (const route of strict) {
      const { path, init } = sampleRequest(route);
      const body = JSON.stringify({ ...(sampleBody(route) as object), unknownField: 1 });
      const response = await world.fetch(`/api${path}`, { ...init, body });
      const problem = await response.json<{ code: string; detail: string }>();
      expect({ key: keyOf(route), code: problem.code }).toEqual({ key: keyOf(route), code: "invalid" });
      expect(problem.detail).toContain("unknownField");
    }
  });

  it("no schema of what is written lets an unknown field pass, at any depth", () => {
    const schemas: [string, z.ZodType][] = [["command", command]];
    for (const route of [...bodied, ...accountRoutes])
      if (route.body && !("bytes" in route.body)) schemas.push([keyOf(route), route.body]);
    expect(schemas.length).toBeGreaterThan(30);
    const open = schemas.flatMap(([name, schema]) =>
      looseObjects(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })).map((path) => `${name}: ${path}`),
    );
    expect(open).toEqual([]);
  });

  it("a body over its limit is refused before it is read, whatever its length header says", async () => {
    const world = await makeWorld();
    const org = bodied.map((route) => ({
      key: keyOf(route),
      most: route.body && "bytes" in route.body ? route.body.maxBytes : LIMITS.requestBytes,
      send: (init: RequestInit) => {
        const sample = sampleRequest(route);
        return world.fetch(`/api${sample.path}`, { ...sample.init, ...init });
      },
    }));
    const account = accountRoutes
      .filter(({ body, policy }) => body !== undefined && policy === "anyone")
      .map((route) => ({
        key: `app ${keyOf(route)}`,
        most: LIMITS.requestBytes,
        send: (init: RequestInit) => {
          const headers = { "content-type": "application/json" };
          return ask("app.localhost", route.path, { method: route.method.toUpperCase(), headers, ...init });
        },
      }));
    expect(account.length).toBeGreaterThan(2);
    for (const { key, most, send } of [...org, ...account]) {
      let sent = 0;
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 256 * 1024;
          if (sent > most + 8 * 1024 * 1024) controller.close();
          else controller.enqueue(new Uint8Array(256 * 1024).fill(0x20));
        },
      });
      const response = await send({ body: endless, duplex: "half" } as RequestInit);
      const { code } = await response.json<{ code: string }>();
      expect({ key, code }).toEqual({ key, code: "too_large" });
      expect(sent).toBeLessThan(most + 4 * 1024 * 1024);
    }
  });
});
