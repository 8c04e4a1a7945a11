import { nodeTarget, productTarget, type Target } from "../clients/target.ts";
import type { Arm, Measure } from "../harness/measure.ts";
import { sendFrames } from "./frames.ts";

/** As many reports as the agent thread puts into a frame, and as many frames as it sends before one is acknowledged. */
const PER_FRAME = 256;
const IN_FLIGHT = 3;

export const ingest: Measure = {
  name: "ingest",
  what: "agent events over one report socket, cumulative acks",
  unit: "events/s",
  gates: [{ arm: "product", beside: "row-per-turn", by: "ratio", bound: { atLeast: 8 }, unit: "×" }],
  async open(bench) {
    const same = { code: "same", grouped: true, durable: true } as const;
    const events = bench.sized(8_192, 1_024);
    const arm = (name: string, label: string, target: Target, load = { events, perFrame: PER_FRAME, inFlight: IN_FLIGHT }): Arm => ({ name, label, run: () => sendFrames(target, load) });
    const single = { events: events / 2, perFrame: 1, inFlight: PER_FRAME };
    const product = await productTarget(bench, "product");
    return {
      arms: [
        arm("product", "the product, frames of the agent thread", product),
        arm("product-single", "the product, an event a frame", product, single),
        arm("row-per-turn", "own row per turn, an event a frame", await productTarget(bench, "row-per-turn"), single),
        arm("same-code", "same code on Node + SQLite FULL", await nodeTarget(bench, same)),
        arm("lean", "lean Node + SQLite FULL, a transaction a frame", await nodeTarget(bench, { ...same, code: "lean" })),
      ],
    };
  },
};
