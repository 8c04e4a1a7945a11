import { nodeTarget, productTarget, type Target } from "../clients/target.ts";
import type { Measure } from "../harness/measure.ts";
import { sendFrames } from "./frames.ts";

export const batches: Measure = {
  name: "batches",
  what: "durable batches of 100 over the report socket, 4 in flight",
  unit: "events/s",
  gates: [{ arm: "product", beside: "same-code", by: "ratio", bound: { atLeast: 0.35 }, unit: "×" }],
  async open(bench) {
    const same = { code: "same", grouped: true, durable: true } as const;
    const targets: [name: string, label: string, target: Target][] = [
      ["product", "the product", await productTarget(bench, "product")],
      ["same-code", "same code on Node + SQLite FULL, same batches", await nodeTarget(bench, same)],
      ["lean", "lean Node + SQLite FULL, same batches", await nodeTarget(bench, { ...same, code: "lean" })],
      ["no-op", "no-op server (what the generator can send)", await nodeTarget(bench, { ...same, code: "none" })],
    ];
    const load = { events: bench.sized(20_000, 2_000), perFrame: 100, inFlight: 4 };
    return { arms: targets.map(([name, label, target]) => ({ name, label, run: () => sendFrames(target, load) })) };
  },
};
