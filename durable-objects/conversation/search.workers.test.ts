import { describe, expect, it } from "vitest";
import { removeConversation } from "#data/conversations";
import { search } from "#data/search";
import { forTenant } from "#data/tenant-db";
import { newId } from "#platform/new-id";
import { makeWorld, testEnv } from "../../workers/shared/testing/world.ts";
import { type Harness, itemOf, makeHarness } from "./testing/harness.ts";

const post = (chat: Harness, content: string) =>
  chat.command({ type: "message.post", content, mode: "auto", attachments: [] });

/** What the outbox holds, done now: bursts are gathered for a moment. */
async function settle(chat: Harness): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 260));
  await chat.use((object) => object.drain());
}

async function find(chat: Pick<Harness, "orgId" | "principal">, q: string) {
  const { items } = await search(forTenant(testEnv, chat), chat.principal, { q, limit: 20 });
  return items.map((one) => ({ kind: one.kind, seq: one.seq, title: one.title }));
}

const rows = async (orgId: string) => {
  const { results } = await testEnv.DB.prepare("SELECT * FROM search_entries WHERE org_id = ? ORDER BY seq")
    .bind(orgId)
    .all();
  return results;
};

describe("feeding the search index", () => {
  it("CV32 finds what is written, edited and renamed, and no longer what is deleted", async () => {
    const chat = await makeHarness();
    const { seq, messageId = "" } = await post(chat, "The walrus sings");
    await settle(chat);
    const at = (await chat.events()).find((one) => one.event.type === "message.posted")?.seq ?? seq;
    expect(await find(chat, "walrus")).toEqual([{ kind: "message", seq: at, title: "New conversation" }]);
    expect(await find(chat, "walrus sin")).toHaveLength(1);
    expect(await find(chat, "walrus dances")).toEqual([]);
    await chat.command({ type: "message.edit", messageId, content: "The narwhal sings" });
    await chat.command({ type: "conversation.rename", title: "Sea concert" });
    await settle(chat);
    expect(await find(chat, "walrus")).toEqual([]);
    expect(await find(chat, "narwhal")).toEqual([{ kind: "message", seq: at, title: "Sea concert" }]);
    expect(await find(chat, "concert")).toEqual([{ kind: "title", seq: 1, title: "Sea concert" }]);
    expect(await find(chat, "new conversation")).toEqual([]);
    await chat.command({ type: "message.delete", messageId });
    await settle(chat);
    expect(await find(chat, "narwhal")).toEqual([]);
    expect(JSON.stringify(await rows(chat.orgId))).not.toContain("narwhal");
  });

  it("CV32 finds the output of tools and what agents say, at their place, and no thinking", async () => {
    const chat = await makeHarness();
    await post(chat, "go");
    const run = await chat.activeRun();
    const done = { status: "completed" as const, completedAt: new Date().toISOString() };
    const command = itemOf(run, { kind: "command", title: "Run ls", detail: { command: "ls -la zebra_dir" } });
    const thought = itemOf(run, { kind: "reasoning", text: "secretly an ocelot" });
    await chat.report(run, 1, [
      { type: "item.started", item: command },
      { type: "item.started", item: thought },
    ]);
    await settle(chat);
    expect(await find(chat, "zebra_dir")).toEqual([]);
    await chat.report(run, 3, [
      { type: "item.completed", item: { ...command, ...done, text: "\u001b[32mgiraffe.txt\u001b[0m" } },
      { type: "item.completed", item: { ...thought, ...done } },
      { type: "item.completed", item: itemOf(run, { ...done, text: "There is one giraffe." }) },
    ]);
    await settle(chat);
    const started = (await chat.events()).find((one) => one.event.type === "item.started")?.seq;
    expect((await find(chat, "giraffe")).map((one) => one.kind).sort()).toEqual(["command", "text"]);
    expect(await find(chat, "zebra_dir giraffe.txt")).toMatchObject([{ kind: "command", seq: started }]);
    expect(await find(chat, "dir")).toMatchObject([{ kind: "command" }]);
    expect(await find(chat, "ocelot")).toEqual([]);
  });

  it("CV33 says the same after it is done again, and after an eviction between any two steps", async () => {
    const chat = await makeHarness();
    const { messageId = "" } = await post(chat, "first pelican");
    await chat.evict();
    await chat.command({ type: "message.edit", messageId, content: "second pelican" });
    await chat.evict();
    await settle(chat);
    expect(await find(chat, "second pelican")).toHaveLength(1);
    expect(await find(chat, "first")).toEqual([]);
    const before = await rows(chat.orgId);
    await chat.use((_object, state) => {
      state.storage.sql.exec("DELETE FROM meta WHERE name = 'searched'");
      state.storage.sql.exec("INSERT INTO outbox (lane, effect) VALUES ('index', '{\"type\":\"index\"}')");
    });
    await chat.evict();
    await settle(chat);
    expect(await rows(chat.orgId)).toEqual(before.map((one) => ({ ...one, rev: expect.any(Number) })));
    expect(await find(chat, "pelican")).toHaveLength(1);
  });

  it("CV33 writes a burst in one batch, and a log longer than a batch whole", async () => {
    const chat = await makeHarness();
    await post(chat, "go");
    const run = await chat.activeRun();
    await settle(chat);
    const done = { status: "completed" as const, completedAt: new Date().toISOString() };
    const items = Array.from({ length: 250 }, (_, n) => itemOf(run, { ...done, text: `heron number n${n}` }));
    await chat.report(
      run,
      1,
      items.map((item) => ({ type: "item.completed" as const, item })),
    );
    await settle(chat);
    expect((await rows(chat.orgId)).filter((one) => one.kind === "text")).toHaveLength(250);
    expect(await find(chat, "heron n249")).toHaveLength(1);
    expect(await find(chat, "heron n0")).toHaveLength(1);
  });

  it("CV33 an older state changes nothing", async () => {
    const chat = await makeHarness();
    await post(chat, "only the newest ibis");
    await settle(chat);
    const before = await rows(chat.orgId);
    await testEnv.DB.prepare("UPDATE search_entries SET rev = 1000 WHERE org_id = ?").bind(chat.orgId).run();
    await chat.use((_object, state) => void state.storage.sql.exec("DELETE FROM meta WHERE name = 'searched'"));
    await chat.command({ type: "conversation.rename", title: "Too early" });
    await settle(chat);
    expect((await rows(chat.orgId)).map((one) => one.text)).toEqual(before.map((one) => one.text));
  });

  it("CV34 a purge leaves nothing, also of what was on its way", async () => {
    const world = await makeWorld();
    const { body } = await world.json<{ id: string }>("POST", "/api/conversations", {
      executor: "noop",
      title: "Puffin rock",
    });
    await world.json("POST", `/api/conversations/${body.id}/messages`, {
      clientId: newId("request"),
      content: "a puffin",
    });
    await new Promise((resolve) => setTimeout(resolve, 190));
    await world.json("DELETE", `/api/conversations/${body.id}?purge=true`);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await find(world, "puffin")).toEqual([]);
    expect(await rows(world.orgId)).toEqual([]);
  });

  it("CV34 an entry goes with its conversation, in the full-text index too", async () => {
    const chat = await makeHarness();
    await post(chat, "the last cormorant");
    await settle(chat);
    await removeConversation(forTenant(testEnv, chat), chat.id);
    expect(await rows(chat.orgId)).toEqual([]);
    await testEnv.DB.prepare("INSERT INTO search_fts (search_fts, rank) VALUES ('integrity-check', 1)").run();
  });
});
