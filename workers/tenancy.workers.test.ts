import { describe, expect, it, vi } from "vitest";
import { type Command, command } from "#contract/command";
import { CONVERSATION_ACTIONS, ORG_ACTIONS, SPACE_ACTIONS } from "#domain/access/actions";
import { newId } from "#platform/new-id";
import { conversationStub } from "#platform/stubs";
import { routes } from "./api/app.ts";
import { idFields, withField } from "./shared/testing/id-fields.ts";
import { idOf, initFor, ownedBy, pathFor } from "./shared/testing/owned.ts";
import { spyOnNames } from "./shared/testing/spied-names.ts";
import { rowsOf } from "./shared/testing/tenants.ts";
import { makeWorld, testEnv, type World } from "./shared/testing/world.ts";

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

/** The same of routes. Ending a command that is not known ends nothing. */
const INSIDE: Record<string, number> = {
  "post /conversations/:id/approvals/:approvalId": 409,
  "post /conversations/:id/questions/:questionId": 409,
  "delete /conversations/:id/exec/:execId": 204,
};

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
      if (!route.path.includes(":")) continue;
      const response = await mine.fetch(pathFor(route.path, owned), initFor(route, theirs));
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

  it("nothing of another org is found within one's own things, and nothing is left there", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const [own, owned] = [await ownedBy(mine), await ownedBy(theirs)];
    const before = await traces(mine, theirs);
    const within = routes.filter((route) => route.path.includes(":id/") && /:(?!id\b)/.test(route.path));
    const answers: Record<string, number> = {};
    for (const route of within) {
      const response = await mine.fetch(pathFor(route.path, own, owned), initFor(route, theirs));
      await response.body?.cancel();
      answers[`${route.method} ${route.path}`] = response.status;
    }
    expect(answers).toEqual({ ...Object.fromEntries(Object.keys(answers).map((key) => [key, 404])), ...INSIDE });
    expect(within.length).toBeGreaterThan(10);
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
      const body = withField(JSON.parse(String(initFor(route, mine).body)), field, idOf(owned, field.noun));
      const answer = await mine.json(route.method.toUpperCase(), pathFor(route.path, own), body);
      expect({ key, field, ...answer }).toMatchObject({ key, field, status: 404, body: { code: "not_found" } });
    }
    const fields = tried.map(({ field }) => field.path.join("."));
    expect(fields).toEqual(expect.arrayContaining(["repositoryId", "spaceId", "attachments.[]", "spaces.[].spaceId"]));
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
        const response = await mine.fetch(pathFor(route.path, ids), initFor(route, mine));
        response.webSocket?.accept();
        response.webSocket?.close();
        await response.body?.cancel();
      }
    }
    spied.stop();
    expect(spied.names.length).toBeGreaterThan(50);
    const counters = /^[0-9a-f]{64}$/;
    const others = spied.names.filter((name) => !`${name}/`.startsWith(`${mine.orgId}/`) && !counters.test(name));
    expect(others).toEqual([]);
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
