import { describe, expect, it, vi } from "vitest";
import type { ConversationSummary } from "#contract/conversation";
import type { Page } from "#contract/page";
import type { ProblemDocument } from "#contract/problem";
import type { SearchHit } from "#contract/search";
import { search } from "#data/search";
import { forTenant } from "#data/tenant-db";
import { makeWorld, testEnv, type World } from "../shared/testing/world.ts";

async function conversation(world: World, title: string, ...messages: string[]): Promise<string> {
  const { body } = await world.json<{ id: string }>("POST", "/api/conversations", { title, executor: "noop" });
  for (const [n, content] of messages.entries())
    await world.json("POST", `/api/conversations/${body.id}/messages`, { clientId: `n${n}`, content });
  return body.id;
}

const found = async (world: World, query: string) =>
  (await world.json<Page<SearchHit>>("GET", `/api/search?${query}`)).body;
const listed = async (world: World, query: string) =>
  (await world.json<Page<ConversationSummary>>("GET", `/api/conversations?${query}`)).body;
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 5_000, interval: 50 });

describe("search", () => {
  it("answers with the title, the place and a snippet with the match marked", async () => {
    const world = await makeWorld();
    const id = await conversation(world, "Harbour works", "Please paint the lighthouse red & <b>white</b>");
    await eventually(async () => expect((await found(world, "q=lighth")).items).toHaveLength(1));
    const [hit] = (await found(world, "q=lighth")).items;
    expect(hit).toMatchObject({ conversationId: id, title: "Harbour works", kind: "message", seq: 2 });
    expect(hit?.snippet).toEqual([
      { text: "Please paint the ", match: false },
      { text: "lighthouse", match: true },
      { text: " red & <b>white</b>", match: false },
    ]);
    expect(Date.parse(hit?.at ?? "")).toBeGreaterThan(0);
  });

  it("puts titles first and then the newest, and pages through all once", async () => {
    const world = await makeWorld();
    const words = Array.from({ length: 5 }, (_, n) => `kelp${" and more".repeat(n * 5)}`);
    await conversation(world, "Kelp", ...words);
    await eventually(async () => expect((await found(world, "q=kelp")).items).toHaveLength(6));
    const whole = (await found(world, "q=kelp")).items;
    expect(whole[0]).toMatchObject({ kind: "title", snippet: [{ text: "Kelp", match: true }] });
    const seqs = whole.slice(1).map((one) => one.seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
    const seen: SearchHit[] = [];
    for (let cursor: string | null = "0"; cursor !== null; ) {
      const page: Page<SearchHit> = await found(world, `q=kelp&limit=4&cursor=${cursor}`);
      seen.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(whole);
  });

  it.each(["", "q=", "q=%20%20", "q=%22%20-%20*()"])("refuses %j at the field q", async (query) => {
    const world = await makeWorld();
    const { status, body } = await world.json<ProblemDocument>("GET", `/api/search?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "invalid", fields: [{ field: "q" }] });
  });

  it("takes what looks like syntax as words", async () => {
    const world = await makeWorld();
    for (const q of [
      'a" OR "b',
      "NEAR(a b)",
      "text:x",
      "{org_id}:x",
      "^a",
      "a*b",
      "(",
      "a AND",
      "-a",
      "a\u0000b",
      "'; --x",
    ]) {
      const response = await world.fetch(`/api/search?q=${encodeURIComponent(q)}`);
      expect({ q, status: response.status }).toEqual({ q, status: q === "(" ? 400 : 200 });
      expect((await world.fetch(`/api/conversations?q=${encodeURIComponent(q)}`)).status).toBe(200);
    }
  });

  it("narrows the list of conversations by any match, in its own order, and says where", async () => {
    const world = await makeWorld();
    const older = await conversation(world, "About ropes", "Nothing to see");
    const newer = await conversation(world, "Something else", "first", "a rope in a message", "more ropes at last");
    await conversation(world, "Unrelated", "words");
    await eventually(async () => {
      expect((await listed(world, "q=rope")).items.map((one) => one.id)).toEqual([newer, older]);
      expect((await listed(world, "q=last")).items).toHaveLength(1);
    });
    const { items } = await listed(world, "q=rope");
    expect(items.map((one) => one.match?.kind)).toEqual(["message", "title"]);
    expect(items[0]?.match?.snippet.find((part) => part.match)?.text).toBe("ropes");
    const first = await listed(world, "q=rope&limit=1");
    expect((await listed(world, `q=rope&limit=1&cursor=${first.nextCursor}`)).items[0]?.id).toBe(older);
    expect((await listed(world, "")).items.every((one) => one.match === undefined)).toBe(true);
    expect((await listed(world, "q=%25")).items).toEqual([]);
  });

  it("shows a guest only what is in conversations they take part in", async () => {
    const world = await makeWorld();
    await conversation(world, "Anchor", "the anchor is heavy");
    await eventually(async () => expect((await found(world, "q=anchor")).items).toHaveLength(2));
    const db = forTenant(testEnv, world);
    const asGuest = (memberId: string) =>
      search(db, { memberId, role: "guest", spaces: {} }, { q: "anchor", limit: 10 });
    expect((await asGuest("mem_other")).items).toEqual([]);
    expect((await asGuest(world.principal.memberId)).items).toHaveLength(2);
  });
});
