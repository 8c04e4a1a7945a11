import { nodeTarget, productTarget } from "../clients/target.ts";
import { armOf, type Measure } from "../harness/measure.ts";
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
    const whole = { events, perFrame: PER_FRAME, inFlight: IN_FLIGHT };
    const single = { events: events / 2, perFrame: 1, inFlight: PER_FRAME };
    const product = await productTarget(bench, "product");
    const ungrouped = await productTarget(bench, "row-per-turn");
    const sameCode = await nodeTarget(bench, same);
    const lean = await nodeTarget(bench, { ...same, code: "lean" });
    return {
      arms: [
        armOf("product", "the product, frames of the agent thread", () => sendFrames(product, whole)),
        armOf("product-single", "the product, an event a frame", () => sendFrames(product, single)),
        armOf("row-per-turn", "own row per turn, an event a frame", () => sendFrames(ungrouped, single)),
        armOf("same-code", "same code on Node + SQLite FULL", () => sendFrames(sameCode, whole)),
        armOf("lean", "lean Node + SQLite FULL, a transaction a frame", () => sendFrames(lean, whole)),
      ],
    };
  },
};
