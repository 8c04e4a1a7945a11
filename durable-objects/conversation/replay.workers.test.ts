import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Report } from "#contract/report";
import { type ConversationState, emptyState, evolve, stateOf } from "#domain/conversation/evolve";
import { type Harness, itemOf, makeHarness } from "./testing/harness.ts";
import { snapshotOf } from "./window.ts";

/* What a random walk may do; refused commands are part of it. */
const step = fc.oneof(
  fc.record({
    do: fc.constant("post" as const),
    mode: fc.constantFrom("auto", "queue", "steer", "interrupt"),
    text: fc.string({ minLength: 1, maxLength: 20 }),
  }),
  fc.record({ do: fc.constant("cancel" as const) }),
  fc.record({ do: fc.constant("rename" as const), title: fc.string({ minLength: 1, maxLength: 10 }) }),
  fc.record({ do: fc.constant("report" as const), items: fc.integer({ min: 1, max: 3 }), end: fc.boolean() }),
  fc.record({ do: fc.constant("evict" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function walk(chat: Harness, steps: Step[]): Promise<void> {
  const cursors = new Map<string, number>();
  for (const one of steps) {
    if (one.do === "evict") await chat.evict();
    else if (one.do === "report") await report(chat, cursors, one);
    else
      await command(chat, one).catch((error: Error) =>
        expect(error.message).toMatch(/^(?:invalid|conflict|rate_limited)/),
      );
  }
}

async function command(chat: Harness, one: Extract<Step, { do: "post" | "cancel" | "rename" }>): Promise<void> {
  if (one.do === "post")
    await chat.command({ type: "message.post", content: `m ${one.text}`, mode: one.mode as "auto", attachments: [] });
  else if (one.do === "rename") await chat.command({ type: "conversation.rename", title: `t${one.title}` });
  else {
    const run = await chat.activeRun().catch(() => null);
    if (run) await chat.command({ type: "run.cancel", runId: run.id });
  }
}

async function report(
  chat: Harness,
  cursors: Map<string, number>,
  one: Extract<Step, { do: "report" }>,
): Promise<void> {
  const run = await chat.activeRun().catch(() => null);
  if (!run) return;
  const n = cursors.get(run.id) ?? 0;
  const reports = Array.from({ length: one.items }, () => itemOf(run)).flatMap((item): Report[] => [
    { type: "item.started", item },
    { type: "item.completed", item: { ...item, status: "completed", text: "done" } },
  ]);
  if (one.end) reports.push({ type: "run.finished", status: "succeeded", stopReason: "done", problem: null });
  await chat.report(run, n + 1, reports);
  cursors.set(run.id, n + reports.length);
}

function comparable(state: ConversationState) {
  const sorted = <T extends { id: string }>(map: Map<string, T>) =>
    [...map.values()].sort((a, b) => a.id.localeCompare(b.id));
  return {
    seq: state.seq,
    head: state.head,
    messages: sorted(state.messages),
    runs: sorted(state.runs),
    items: sorted(state.items),
  };
}

describe("replay", () => {
  it("CV1 CV6 the log folded from nothing equals what is stored, whatever happened and wherever it was evicted", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const chat = await makeHarness();
        await walk(chat, steps);
        await chat.evict();
        const log = await chat.events();
        expect(log.map((one) => one.seq)).toEqual(log.map((_, index) => index + 1));
        const folded = log.reduce(evolve, emptyState());
        const stored = await chat.use((object) => stateOf(snapshotOf(object.store, object.live)));
        expect(comparable(stored)).toEqual(comparable(folded));
      }),
      { numRuns: 25 },
    );
  });

  it("CV2 a snapshot and the tail after it equal a full replay, at every cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 2, maxLength: 8 }),
        fc.array(step, { minLength: 1, maxLength: 8 }),
        async (before, after) => {
          const chat = await makeHarness();
          await walk(chat, before);
          const cut = await chat.use((object) => structuredClone(snapshotOf(object.store, object.live)));
          await walk(chat, after);
          const log = await chat.events();
          const resumed = log.filter((one) => one.seq > cut.seq).reduce(evolve, stateOf(cut));
          expect(comparable(resumed)).toEqual(comparable(log.reduce(evolve, emptyState())));
        },
      ),
      { numRuns: 25 },
    );
  });

  it("CV28 windows before one another give every item once, also of a run that fills several", async () => {
    const chat = await makeHarness();
    const big = (run: { id: string }) => ({ ...itemOf(run), status: "completed" as const, text: "x".repeat(40_000) });
    await chat.command({ type: "message.post", content: "huge", mode: "auto", attachments: [] });
    const huge = await chat.activeRun();
    for (let n = 1; n <= 50; n += 1) {
      await chat.report(huge, n, [{ type: "item.completed", item: big(huge) }]);
      if (n === 20) await chat.command({ type: "message.post", content: "queued", mode: "queue", attachments: [] });
    }
    await chat.report(huge, 51, [{ type: "run.finished", status: "succeeded", stopReason: "done", problem: null }]);
    const next = await chat.activeRun();
    await chat.report(next, 1, [{ type: "item.completed", item: big(next) }]);
    const all = await chat.use(
      (object) => object.store.itemsOfRun(huge.id).length + object.store.itemsOfRun(next.id).length,
    );
    const seen: string[] = [];
    let end: { seq: number; itemSeq: number | null } | undefined;
    for (let windows = 0; end?.seq !== 1 && windows < 10; windows += 1) {
      const at = end;
      const window = await chat.use((object) => structuredClone(snapshotOf(object.store, object.live, at)));
      expect(JSON.stringify(window).length).toBeLessThan(1024 * 1024);
      seen.push(...window.items.map((one) => one.id));
      end = { seq: window.fromSeq, itemSeq: window.fromItemSeq };
    }
    expect(end).toEqual({ seq: 1, itemSeq: null });
    expect(new Set(seen).size).toBe(all);
    expect(seen).toHaveLength(all);
  });

  it("CV3 the same clientId twice is once, also at the same time and after an eviction", async () => {
    const chat = await makeHarness();
    const post = () =>
      chat.command({ type: "message.post", clientId: "same", content: "once", mode: "auto", attachments: [] });
    const [first, second] = await Promise.all([post(), post()]);
    await chat.evict();
    const third = await post();
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect((await chat.events()).filter((one) => one.event.type === "message.posted")).toHaveLength(1);
  });
});
