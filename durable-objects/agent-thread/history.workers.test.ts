import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import type { Item } from "#contract/run";
import { newId } from "#platform/new-id";
import type { RunOrder, Turn } from "#platform/rpc";
import { threadStub } from "#platform/stubs";
import { testEnv } from "../../workers/shared/testing/world.ts";
import { FakeWorld, fakeMessage, fakeOrder } from "./fake-world.ts";
import { threadWorld } from "./world.ts";

const real = threadWorld.of;
let world: FakeWorld;

beforeEach(() => {
  world = new FakeWorld();
  vi.spyOn(threadWorld, "of").mockImplementation((one) => world.of(real(one)));
});

const at = "2026-11-20T08:00:00.000Z";
function itemOf(runId: string, seq: number, change: Partial<Item>): Item {
  const item: Item = {
    id: newId("item"),
    runId,
    groupId: null,
    parentId: null,
    kind: "text",
    status: "completed",
    title: "",
    text: "",
    truncation: null,
    detail: {},
    startedAt: at,
    completedAt: at,
    seq,
  };
  return { ...item, ...change };
}

function turnOf(prompt: string, groups: Partial<Item>[][]): Turn {
  const runId = newId("run");
  const items = groups.flatMap((items, step) => {
    const groupId = newId("group");
    return items.map((item, index) => itemOf(runId, 10 * (step + 1) + index, { groupId, ...item }));
  });
  return { runId, messages: [{ message: fakeMessage(prompt), authorName: "Ana" }], items };
}

async function done(order: RunOrder): Promise<{ role: string; content: unknown }[]> {
  const stub = threadStub(testEnv, order.orgId, order.run.threadId);
  expect(await stub.start(order)).toEqual({ ok: true, value: null });
  await vi.waitFor(() => expect(world.end).toBeDefined(), { timeout: 4_000 });
  return runInDurableObject(stub as unknown as DurableObjectStub, (_object, state) =>
    state.storage.sql
      .exec("SELECT message FROM messages ORDER BY n")
      .toArray()
      .map((row) => JSON.parse(String(row.message))),
  );
}

it("AT22 the model is told what it was not there for, as it was said and done, before the prompt", async () => {
  const call = { tool: "bash", args: { command: "npm test" }, command: "npm test", exitCode: 1 };
  const turn = turnOf("Fix it", [
    [
      { text: "Let me look." },
      { kind: "command", status: "failed", text: "1 failing", detail: call },
      { kind: "reasoning", text: "secret thoughts" },
    ],
    [{ text: "" }, { text: "It fails." }],
  ]);
  world.turns = [turn];
  const heard = await done(fakeOrder("say: hi", {}, { earlier: [turn.runId] }));
  expect(heard.slice(0, 5)).toEqual([
    { role: "user", content: "From Ana:\nFix it" },
    {
      role: "assistant",
      content: [
        { type: "text", text: "Let me look." },
        { type: "tool-call", toolCallId: turn.items[1]?.id, toolName: "bash", input: { command: "npm test" } },
      ],
    },
    {
      role: "tool",
      content: [
        {
          type: "tool-result",
          toolCallId: turn.items[1]?.id,
          toolName: "bash",
          output: { type: "text", value: "(failed)\nexit code 1\n1 failing" },
        },
      ],
    },
    { role: "assistant", content: [{ type: "text", text: "It fails." }] },
    { role: "user", content: "From Ana:\nsay: hi" },
  ]);
  expect(JSON.stringify(heard)).not.toContain("secret thoughts");
});

it("AT22 it is told once, and not what it was there for", async () => {
  const turn = turnOf("Before", [[{ text: "Done before." }]]);
  world.turns = [turn];
  const first = fakeOrder("say: one", {}, { earlier: [turn.runId] });
  await done(first);
  await evictDurableObject(threadStub(testEnv, first.orgId, first.run.threadId) as unknown as DurableObjectStub);
  world = new FakeWorld();
  world.turns = [turn];
  const second = { ...fakeOrder("say: two", {}, { earlier: [turn.runId, first.run.id] }), orgId: first.orgId };
  second.run.threadId = first.run.threadId;
  const heard = await done(second);
  const prompts = heard.filter((one) => one.role === "user").map((one) => one.content);
  expect(prompts).toEqual(["From Ana:\nBefore", "From Ana:\nsay: one", "From Ana:\nsay: two"]);
});
