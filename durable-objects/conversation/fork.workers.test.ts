import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ConversationHead, ConversationSummary, Snapshot } from "#contract/conversation";
import type { Envelope } from "#contract/event";
import { fail } from "#contract/problem";
import type { ConversationUsage } from "#contract/usage";
import { emptyState, evolve } from "#domain/conversation/evolve";
import { newId } from "#platform/new-id";
import { conversationStub } from "#platform/stubs";
import { makeWorld, testEnv, type World } from "../../workers/shared/testing/world.ts";

type Page = { events: Envelope[] };

async function begin(world: World, executor = "echo"): Promise<string> {
  const made = await world.json<ConversationHead>("POST", "/api/conversations", { executor, title: "Origin" });
  return made.body.id;
}

async function say(world: World, id: string, content: string): Promise<void> {
  const posted = await world.json<{ runId: string }>("POST", `/api/conversations/${id}/messages`, {
    clientId: newId("request"),
    content,
  });
  const run = () =>
    world.json<{ run: { status: string } }>("GET", `/api/conversations/${id}/runs/${posted.body.runId}`);
  await vi.waitFor(async () => expect((await run()).body.run.status).toBe("succeeded"), 5_000);
}

const logOf = async (world: World, id: string) =>
  (await world.json<Page>("GET", `/api/conversations/${id}/events?limit=500`)).body.events;
const snapshotOf = async (world: World, id: string) =>
  (await world.json<Snapshot>("GET", `/api/conversations/${id}`)).body;
const fork = (world: World, id: string, body: object = {}) =>
  world.json<ConversationHead>("POST", `/api/conversations/${id}/fork`, body);

/** How many events the object itself stores, without using it. */
const storedIn = (world: World, id: string) =>
  runInDurableObject(conversationStub(testEnv, world.orgId, id) as unknown as DurableObjectStub, (_object, state) =>
    Number(state.storage.sql.exec("SELECT COUNT(*) AS n FROM events").one().n),
  );

const withoutNames = (events: Envelope[]) =>
  events.map(({ conversationId: _id, event, ...rest }) => ({ ...rest, type: event.type }));

afterEach(() => vi.restoreAllMocks());

describe("forks", () => {
  it("CV35 a fork has its origin's log up to the seq and then its own, and copies nothing until it is used", async () => {
    const world = await makeWorld();
    const origin = await begin(world);
    await say(world, origin, "first");
    const atSeq = (await logOf(world, origin)).length;
    await say(world, origin, "second");
    const made = await fork(world, origin, { atSeq, title: "Another way" });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      title: "Another way",
      forkedFrom: { conversationId: origin, title: "Origin", atSeq },
    });
    expect(await storedIn(world, made.body.id)).toBe(0);
    const [before, log] = [await logOf(world, origin), await logOf(world, made.body.id)];
    expect(log.map((one) => one.seq)).toEqual(log.map((_one, index) => index + 1));
    expect(log.every((one) => one.conversationId === made.body.id)).toBe(true);
    expect(withoutNames(log.slice(0, atSeq))).toEqual(withoutNames(before.slice(0, atSeq)));
    expect(log.slice(atSeq).map((one) => one.event.type)).toEqual(["conversation.created"]);
    const snapshot = await snapshotOf(world, made.body.id);
    expect(snapshot.messages.map((one) => one.content)).toEqual(["first"]);
    expect(snapshot.head).toEqual(made.body);
    const folded = log.reduce(evolve, emptyState());
    expect(folded.head).toEqual(snapshot.head);
    expect([...folded.runs.values()]).toEqual(snapshot.runs);
    await say(world, made.body.id, "third");
    expect((await snapshotOf(world, made.body.id)).messages.map((one) => one.content)).toEqual(["first", "third"]);
    expect((await snapshotOf(world, origin)).messages.map((one) => one.content)).toEqual(["first", "second"]);
    expect((await logOf(world, origin)).at(-1)?.event).toMatchObject({
      type: "fork.created",
      conversationId: made.body.id,
      atSeq,
    });
  });

  it("CV35 refuses a seq from the future, and one that is none, by name", async () => {
    const world = await makeWorld();
    const origin = await begin(world);
    for (const atSeq of [99, 0, 1.5, "1"]) {
      const refused = await fork(world, origin, { atSeq });
      expect(refused).toMatchObject({ status: 400, body: { code: "invalid", fields: [{ field: "atSeq" }] } });
    }
    expect(await fork(world, newId("conversation"))).toMatchObject({ status: 404 });
    expect((await logOf(world, origin)).some((one) => one.event.type === "fork.created")).toBe(false);
  });

  it("CV36 what was under way is cancelled in the fork and goes on in the origin", async () => {
    const world = await makeWorld();
    const origin = await begin(world, "edge");
    const prompt = { clientId: newId("request"), content: "ask: Which one? | A | B" };
    await world.json("POST", `/api/conversations/${origin}/messages`, prompt);
    const queued = { clientId: newId("request"), content: "say: later" };
    await world.json("POST", `/api/conversations/${origin}/messages`, queued);
    await vi.waitFor(async () => expect((await snapshotOf(world, origin)).head.questions).toHaveLength(1), 5_000);
    const made = await fork(world, origin);
    const copy = await snapshotOf(world, made.body.id);
    expect(copy.runs.map((one) => [one.status, one.stopReason])).toEqual([
      ["cancelled", "Forked"],
      ["cancelled", "Forked"],
    ]);
    expect(copy.items.filter((one) => one.status === "in_progress")).toEqual([]);
    expect(copy.head).toMatchObject({ questions: [], threads: [{ activeRunId: null, queue: [] }] });
    const source = await snapshotOf(world, origin);
    expect(source.head.questions).toHaveLength(1);
    expect(copy.head.threads[0]?.id).not.toBe(source.head.threads[0]?.id);
    expect(copy.head.sandboxId).not.toBe(source.head.sandboxId);
    expect(source.runs.map((one) => one.status)).toEqual(["waiting", "queued"]);
  });

  it("CV36 counts only what it uses itself", async () => {
    const world = await makeWorld();
    const origin = await begin(world);
    const used = { inputTokens: 5, outputTokens: 1, cachedTokens: 0, costMicroUsd: 7 };
    const stub = conversationStub(testEnv, world.orgId, origin);
    await stub.recordUsage(world.principal, { callId: newId("request"), runId: null, model: "a/b", usage: used });
    const { body } = await fork(world, origin);
    const usage = (id: string) => world.json<ConversationUsage>("GET", `/api/conversations/${id}/usage`);
    expect((await usage(body.id)).body).toMatchObject({ calls: 0, models: [] });
    expect((await usage(origin)).body).toMatchObject({ calls: 1, usage: used });
    expect((await snapshotOf(world, body.id)).head.usage.costMicroUsd).toBe(0);
  });

  it("CV37 uses that come together read once, and a fork that was lost in the middle goes on", async () => {
    const world = await makeWorld();
    const origin = await begin(world);
    for (const letter of "abcdef") await say(world, origin, letter.repeat(60_000));
    const source = conversationStub(testEnv, world.orgId, origin);
    const { body } = await fork(world, origin);
    const copy = conversationStub(testEnv, world.orgId, body.id) as unknown as DurableObjectStub;
    let pages = 0;
    await runInDurableObject(source as unknown as DurableObjectStub, (object) => {
      const real = Object.getPrototypeOf(object).logPage;
      vi.spyOn(Object.getPrototypeOf(object), "logPage").mockImplementation(function (this: unknown, ...args) {
        pages += 1;
        return pages === 2 ? fail("unavailable", "The origin went away.") : real.apply(this, args);
      });
    });
    expect((await world.fetch(`/api/conversations/${body.id}`)).status).toBe(503);
    expect(await storedIn(world, body.id)).toBeGreaterThan(0);
    await evictDurableObject(copy);
    const logs = await Promise.all([1, 2, 3].map(() => logOf(world, body.id)));
    expect(new Set(logs.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(logs[0]?.map((one) => one.seq)).toEqual(logs[0]?.map((_one, index) => index + 1));
    expect(pages).toBe(3);
  });

  it("CV38 outlives the purge of its origin, also as a fork of a fork", async () => {
    const world = await makeWorld();
    const origin = await begin(world);
    await say(world, origin, "kept");
    const child = (await fork(world, origin)).body.id;
    const grandchild = (await fork(world, child)).body.id;
    for (const id of [origin, child]) {
      const purged = await world.fetch(`/api/conversations/${id}?purge=true`, { method: "DELETE" });
      expect(purged.status).toBe(204);
    }
    expect((await world.fetch(`/api/conversations/${origin}`)).status).toBe(404);
    expect((await snapshotOf(world, grandchild)).messages.map((one) => one.content)).toEqual(["kept"]);
  });

  it("CV39 is listed at once, and search finds inherited words where they were said", async () => {
    const world = await makeWorld();
    const origin = await begin(world);
    await say(world, origin, "walrus");
    const { body } = await fork(world, origin, { title: "Narwhal" });
    const list = () => world.json<{ items: ConversationSummary[] }>("GET", "/api/conversations");
    expect((await list()).body.items.map((one) => one.title)).toContain("Narwhal");
    await say(world, body.id, "penguin");
    const found = async (q: string) =>
      (await world.json<{ items: { conversationId: string }[] }>("GET", `/api/search?q=${q}`)).body.items;
    const ids = async (q: string) => [...new Set((await found(q)).map((one) => one.conversationId))];
    await vi.waitFor(async () => expect(await ids("penguin")).toEqual([body.id]), 5_000);
    expect(await ids("narwhal")).toEqual([body.id]);
    expect(await ids("walrus")).toEqual([origin]);
  });
});
