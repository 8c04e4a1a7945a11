import { describe, expect, it, vi } from "vitest";
import { type Command, command } from "#contract/command";
import type { IdNoun } from "#contract/ids";
import { CONVERSATION_ACTIONS, ORG_ACTIONS, SPACE_ACTIONS } from "#domain/access/actions";
import { newId } from "#platform/new-id";
import { conversationStub } from "#platform/stubs";
import { routes } from "./api/app.ts";
import { idFields, withField } from "./shared/testing/id-fields.ts";
import { spyOnNames } from "./shared/testing/spied-names.ts";
import { rowsOf } from "./shared/testing/tenants.ts";
import { makeWorld, testEnv, type World } from "./shared/testing/world.ts";

/** Valid bodies of the routes that take one, so that nothing but the tenant can be what is refused. */
const BODIES: Record<string, unknown> = {
  "post /conversations": { repositoryId: "repository", executor: "noop" },
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
  "post /members": { email: "new@example.com", name: "New" },
  "patch /members/:id": { name: "stolen" },
  "post /invitations": { email: "new@example.com" },
  "patch /spaces/:id": { name: "stolen" },
  "put /spaces/:id/members/:memberId": { role: "lead" },
  "patch /identity-providers/:id": { name: "stolen" },
};
/** Routes that name nothing of another org. */
const OWN = new Set([
  "get /me",
  "get /account",
  "patch /account",
  "post /account/password",
  "get /account/sessions",
  "post /account/sessions/end-others",
  "delete /session",
  "get /org",
  "patch /org",
  "delete /org",
  "get /members",
  "post /members",
  "get /invitations",
  "post /invitations",
  "get /spaces",
  "post /spaces",
  "get /api-keys",
  "post /api-keys",
  "get /identity-providers",
  "post /identity-providers",
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
  const made = async (path: string, body: object) =>
    (await world.json<{ id?: string; key?: { id: string }; invitation?: { id: string } }>("POST", `/api/${path}`, body))
      .body;
  const invited = await made("invitations", { email: "guest@example.com" });
  const space = await made("spaces", { name: "Secret" });
  const key = await made("api-keys", { name: "secret", scopes: ["read"] });
  const login = await made("identity-providers", { name: "p", issuer: "http://127.0.0.1:9", clientId: "c" });
  return {
    conversation: created.body.id,
    values: {
      invitations: invited.invitation?.id ?? "",
      spaces: space.id ?? "",
      "api-keys": key.key?.id ?? "",
      "identity-providers": login.id ?? "",
      account: newId("session"),
      memberId: world.principal.memberId,
      conversations: created.body.id,
      repositories: world.repositoryId,
      files: (await file.json<{ id: string }>()).id,
      providers: provider.body.id,
      members: world.principal.memberId,
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

/** The other fields of commands that take an id. */
const COMMANDS: Partial<Record<Command["type"], object>> = {
  "message.post": { content: "stolen" },
  "message.edit": { content: "stolen" },
  "approval.decide": { decision: "approve" },
  "queue.reorder": { threadId: newId("thread"), queue: [] },
  "question.answer": { answers: ["stolen"] },
};

/** An ask that is not open is a conflict, whether there ever was one or not; who does not take part need not be taken out. */
const ANSWERS: Partial<Record<Command["type"], string>> = {
  "approval.decide": "conflict",
  "question.answer": "conflict",
  "question.dismiss": "conflict",
  "participant.remove": "ok",
};

/** Something of this kind that the org has, or an id that it could have. */
function idOf({ values }: Owned, noun: IdNoun): string {
  const collection = noun === "repository" ? "repositories" : `${noun}s`;
  return values[collection] ?? values[`${noun}Id`] ?? newId(noun);
}

/** All that these orgs have: rows, files and events, once what is under way has ended. */
async function traces(...worlds: World[]): Promise<unknown> {
  let last: unknown = null;
  return vi.waitFor(
    async () => {
      const [before, now] = [last, await Promise.all(worlds.map(traceOf))];
      last = now;
      expect(now).toEqual(before);
      return now;
    },
    { timeout: 10_000, interval: 150 },
  );
}

async function traceOf({ orgId, principal }: World) {
  const rows = await rowsOf(testEnv.DB, orgId);
  const files = (await testEnv.FILES.list({ prefix: orgId })).objects.map(({ key, etag }) => ({ key, etag }));
  const logs = await Promise.all(
    (rows.conversations ?? []).map(({ id }) =>
      conversationStub(testEnv, orgId, String(id)).logPage(principal, { after: 0, upTo: 1_000 }),
    ),
  );
  return { rows, files, logs };
}

const ACTIONS: string[] = ["anyone", ORG_ACTIONS, CONVERSATION_ACTIONS, SPACE_ACTIONS].flatMap((one) =>
  typeof one === "string" ? one : Object.keys(one),
);

describe("two tenants", () => {
  it("every route answers another org's ids with not_found, and leaves no trace", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const owned = await ownedBy(theirs);
    const before = await traces(mine, theirs);
    const seen: string[] = [];
    for (const route of routes) {
      const key = `${route.method} ${route.path}`;
      if (OWN.has(key)) continue;
      const response = await mine.fetch(pathFor(route.path, owned), initFor(key, route, theirs));
      expect({ key, status: response.status }).toEqual({ key, status: 404 });
      expect(await response.json()).toMatchObject({ code: "not_found" });
      seen.push(key);
    }
    for (const lane of ["events", "events/stream", "socket"]) {
      const headers: HeadersInit = lane === "socket" ? { upgrade: "websocket" } : {};
      const response = await mine.fetch(`/api/conversations/${owned.conversation}/${lane}`, { headers });
      expect({ lane, status: response.status }).toEqual({ lane, status: 404 });
    }
    expect(seen.length).toBeGreaterThan(25);
    expect(await traces(mine, theirs)).toEqual(before);
  });

  it("every id of another org in a query finds nothing", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const [own, owned] = [await ownedBy(mine), await ownedBy(theirs)];
    const tried = routes.flatMap((route) => idFields(route.query).map((field) => ({ route, field })));
    for (const { route, field } of tried) {
      const path = `${pathFor(route.path, own)}&${field.path.join(".")}=${idOf(owned, field.noun)}`;
      expect({ path, ...(await mine.json("GET", path)) }).toMatchObject({ path, status: 200, body: { items: [] } });
    }
    expect(tried.map(({ field }) => field.path.join("."))).toEqual(expect.arrayContaining(["repositoryId", "spaceId"]));
  });

  it("every id of another org in a body is not found, and leaves no trace", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const [own, owned] = [await ownedBy(mine), await ownedBy(theirs)];
    const before = await traces(mine, theirs);
    const tried = routes.flatMap((route) =>
      route.body && !("bytes" in route.body) ? idFields(route.body).map((field) => ({ route, field })) : [],
    );
    for (const { route, field } of tried) {
      const key = `${route.method} ${route.path}`;
      const body = withField(JSON.parse(String(initFor(key, route, mine).body)), field, idOf(owned, field.noun));
      const answer = await mine.json(route.method.toUpperCase(), pathFor(route.path, own), body);
      expect({ key, field, ...answer }).toMatchObject({ key, field, status: 404, body: { code: "not_found" } });
    }
    const fields = tried.map(({ field }) => field.path.join("."));
    expect(fields).toEqual(expect.arrayContaining(["repositoryId", "spaceId", "attachments"]));
    expect(await traces(mine, theirs)).toEqual(before);
  });

  it("every id of another org in a command is not found, and leaves no trace", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const [own, owned] = [await ownedBy(mine), await ownedBy(theirs)];
    const before = await traces(mine, theirs);
    const conversation = conversationStub(testEnv, mine.orgId, own.conversation);
    const tried = command.options.flatMap((option) =>
      idFields(option).map((field) => ({ type: option.shape.type.value, field })),
    );
    for (const { type, field } of tried) {
      const given = { ...COMMANDS[type], type, clientId: `${type} ${field.path}` };
      const stolen = command.parse(withField(given, field, idOf(owned, field.noun)));
      const answer = await conversation.command(mine.principal, stolen);
      expect({ type, code: answer.ok ? "ok" : answer.problem.code }).toEqual({
        type,
        code: ANSWERS[type] ?? "not_found",
      });
    }
    expect(tried.length).toBeGreaterThan(8);
    expect(await traces(mine, theirs)).toEqual(before);
  });

  it("names of objects and keys of files begin with the org of who asks, whatever is asked for", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const [own, owned] = [await ownedBy(mine), await ownedBy(theirs)];
    const spied = spyOnNames(testEnv);
    for (const ids of [owned, own]) {
      for (const route of routes) {
        const key = `${route.method} ${route.path}`;
        if (OWN.has(key) && BODIES[key] === undefined && route.body) continue;
        const response = await mine.fetch(pathFor(route.path, ids), initFor(key, route, mine));
        response.webSocket?.accept();
        response.webSocket?.close();
        await response.body?.cancel();
      }
    }
    spied.stop();
    // A limiter is named by a hash of what it counts, which may be of no org.
    const names = spied.names.filter((name) => !/^[0-9a-f]{64}$/.test(name));
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => name !== mine.orgId && !name.startsWith(`${mine.orgId}/`))).toEqual([]);
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
