import { describe, expect, it, vi } from "vitest";
import { CONVERSATION_ACTIONS, ORG_ACTIONS, SPACE_ACTIONS } from "#domain/access/actions";
import { newId } from "#platform/new-id";
import { routes } from "./api/app.ts";
import { makeWorld, type World } from "./shared/testing/world.ts";

/** Valid bodies of the routes that take one, so that nothing but the tenant can be what is refused. */
const BODIES: Record<string, unknown> = {
  "post /conversations": { repositoryId: "repository" },
  "patch /conversations/:id": { title: "stolen" },
  "post /conversations/:id/messages": { clientId: "x", content: "hello" },
  "patch /conversations/:id/messages/:messageId": { content: "hello" },
  "post /conversations/:id/approvals/:approvalId": { decision: "approve" },
  "post /conversations/:id/questions/:questionId": { answers: ["yes"] },
  "post /conversations/:id/exec": { command: "id" },
  "post /conversations/:id/commit": { message: "stolen" },
  "post /conversations/:id/push": {},
  "post /conversations/:id/discard": { paths: ["README.md"] },
  "put /conversations/:id/files/content": "bytes",
  "patch /providers/:id": { name: "stolen" },
  "post /conversations/:id/fork": {},
  "patch /repositories/:id": { allowedHosts: ["stolen.example"] },
  "post /providers/:id/check": {},
  "patch /conversations/:id/budget": { ownLimitMicroUsd: 1 },
};
/** Routes that name nothing of another org. */
const OWN = new Set([
  "get /me",
  "get /conversations",
  "get /search",
  "get /repositories",
  "post /repositories",
  "post /files",
  "get /models",
  "get /budgets",
  "patch /budgets",
  "get /providers",
  "post /providers",
  "post /providers/check",
  "get /audit",
  "get /audit/export",
  "get /audit/policy",
  "put /audit/policy",
]);
/** Queries a route needs to be valid. */
const QUERY = "path=README.md";

interface Owned {
  conversation: string;
  values: Record<string, string>;
}

async function ownedBy(world: World): Promise<Owned> {
  const created = await world.json<{ id: string }>("POST", "/api/conversations", {
    executor: "noop",
    repositoryId: world.repositoryId,
  });
  const posted = await world.json<{ messageId: string; runId: string }>(
    "POST",
    `/api/conversations/${created.body.id}/messages`,
    {
      clientId: "a",
      content: "secret",
    },
  );
  const file = await world.fetch("/api/files", { method: "POST", body: "secret", headers: { "x-file-name": "a.txt" } });
  const provider = await world.json<{ id: string }>("POST", "/api/providers", {
    kind: "openai_compatible",
    name: "p",
    slug: "p",
    baseUrl: "http://127.0.0.1:9/v1",
  });
  return {
    conversation: created.body.id,
    values: {
      conversations: created.body.id,
      repositories: world.repositoryId,
      files: (await file.json<{ id: string }>()).id,
      providers: provider.body.id,
      messageId: posted.body.messageId,
      runId: posted.body.runId,
      approvalId: newId("approval"),
      questionId: newId("question"),
      itemId: newId("item"),
      execId: "exe_00000000000000000000000000000001",
    },
  };
}

function pathFor(path: string, owned: Owned): string {
  const collection = path.split("/")[1] ?? "";
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = name === "id" ? owned.values[collection] : owned.values[name];
    if (!value) throw new Error(`no value for :${name} of ${path}: add one to ownedBy`);
    return value;
  });
  return `/api${filled}?${QUERY}`;
}

function initFor(key: string, route: (typeof routes)[number], world: World): RequestInit {
  const method = route.method.toUpperCase();
  if (key.endsWith("/terminal")) return { method, headers: { upgrade: "websocket" } };
  if (!route.body) return { method };
  const body = BODIES[key];
  if (body === undefined) throw new Error(`${key} takes a body: add a valid one to BODIES`);
  if (typeof body === "string") return { method, body };
  const text = JSON.stringify(body).replaceAll('"repository"', JSON.stringify(world.repositoryId));
  return { method, body: text, headers: { "content-type": "application/json" } };
}

const ACTIONS: string[] = ["anyone", ORG_ACTIONS, CONVERSATION_ACTIONS, SPACE_ACTIONS].flatMap((one) =>
  typeof one === "string" ? one : Object.keys(one),
);

describe("two tenants", () => {
  it("every route answers another org's ids with not_found, and leaves no trace", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const owned = await ownedBy(theirs);
    const before = await theirs.json<{ events: unknown[] }>("GET", `/api/conversations/${owned.conversation}/events`);
    const seen: string[] = [];
    for (const route of routes) {
      const key = `${route.method} ${route.path}`;
      if (OWN.has(key)) continue;
      const response = await mine.fetch(pathFor(route.path, owned), initFor(key, route, theirs));
      expect({ key, status: response.status }).toEqual({ key, status: 404 });
      expect(await response.json()).toMatchObject({ code: "not_found" });
      seen.push(key);
    }
    expect(seen.length).toBeGreaterThan(25);
    const after = await theirs.json<{ events: unknown[] }>("GET", `/api/conversations/${owned.conversation}/events`);
    expect(after.body.events.slice(0, before.body.events.length)).toEqual(before.body.events);
    expect(JSON.stringify(after.body.events)).not.toContain("stolen");
  });

  it("lists hold nothing of another org", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const owned = await ownedBy(theirs);
    for (const path of ["/api/conversations", "/api/repositories", "/api/providers"]) {
      const text = await (await mine.fetch(path)).text();
      for (const value of Object.values(owned.values))
        expect({ path, found: text.includes(value) }).toEqual({ path, found: false });
    }
  });

  it("search finds nothing of another org, whatever is typed", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const { conversation } = await ownedBy(theirs);
    const typed = (q: string) => encodeURIComponent(q);
    const found = () => theirs.json<{ items: { conversationId: string }[] }>("GET", "/api/search?q=secret");
    await vi.waitFor(async () => expect((await found()).body.items[0]?.conversationId).toBe(conversation), 5_000);
    const attempts = [
      "secret",
      "sec",
      theirs.orgId,
      '" OR "secret',
      `x" OR org_id : "${theirs.orgId}`,
      "secret) OR (secret",
    ];
    for (const q of attempts) {
      for (const path of [`/api/search?q=${typed(q)}`, `/api/conversations?q=${typed(q)}`]) {
        const { status, body } = await mine.json<{ items: unknown[] }>("GET", path);
        expect({ path, status, items: body.items }).toEqual({ path, status: 200, items: [] });
      }
    }
  });

  it("every route has a policy, a summary and its problems", () => {
    for (const route of routes) {
      expect(ACTIONS).toContain(route.policy.name);
      expect(route.summary.length).toBeGreaterThan(5);
      expect(route.problems).toContain("unauthenticated");
    }
  });
});
