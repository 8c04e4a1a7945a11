import { newId } from "#platform/new-id";
import { ask, closedLoop } from "../clients/http.ts";
import { nodeTarget, productTarget, type Target } from "../clients/target.ts";
import type { Bench } from "../harness/bench.ts";
import type { Arm, Measure, Sample } from "../harness/measure.ts";

const CLIENTS = 16;
const WARM_UP = 200;

export const append: Measure = {
  name: "append",
  what: `durable append, grouped per tick, ${CLIENTS} clients`,
  unit: "events/s",
  gates: [{ arm: "product", beside: "row-per-turn", by: "ratio", bound: { atLeast: 1.6 }, unit: "×" }],
  async open(bench) {
    const same = { code: "same", grouped: true, durable: true } as const;
    const targets: [name: string, label: string, target: Target][] = [
      ["product", "the product", await productTarget(bench, "product")],
      ["row-per-turn", "own row per turn", await productTarget(bench, "row-per-turn")],
      ["same-code", "same code on Node + SQLite FULL, grouped", await nodeTarget(bench, same)],
      ["lean-grouped", "lean Node + SQLite FULL, grouped", await nodeTarget(bench, { ...same, code: "lean" })],
      [
        "lean",
        "lean Node + SQLite FULL, a row each",
        await nodeTarget(bench, { ...same, code: "lean", grouped: false }),
      ],
      ["no-op", "no-op server (what the generator can ask)", await nodeTarget(bench, { ...same, code: "none" })],
    ];
    return { arms: targets.map(([name, label, target]): Arm => ({ name, label, run: () => run(bench, target) })) };
  },
};

async function run(bench: Bench, target: Target): Promise<Sample> {
  const conversation = await target.open();
  const url = target.appendUrl(conversation);
  const startedMs = performance.now();
  await appendOne(url);
  const firstMs = performance.now() - startedMs;
  for (let n = 1; n < WARM_UP; n += 1) await appendOne(url);
  const before = await target.stored(conversation);
  const { done, tookMs } = await closedLoop(CLIENTS, bench.sized(4_000, 500), () => appendOne(url));
  const stored = (await target.stored(conversation)) - before;
  const kept = before > 0;
  return {
    value: (done / tookMs) * 1000,
    also: { "first on a new object, ms": firstMs },
    faults: kept && stored !== done ? [`${done} appends were acknowledged, ${stored} are stored`] : [],
  };
}

/** Stores one event. */
export async function appendOne(url: string): Promise<void> {
  const usage = { inputTokens: 10, outputTokens: 20, cachedTokens: 0, costMicroUsd: 3 };
  const answer = await ask("POST", url, JSON.stringify({ callId: newId("request"), runId: null, model: "m", usage }));
  if (answer.status !== 200) throw new Error(`an append answered ${answer.status}: ${answer.text.slice(0, 200)}`);
}
