import { fillTurns } from "../clients/fill.ts";
import { ask } from "../clients/http.ts";
import type { Bench } from "../harness/bench.ts";
import type { Measure, Sample } from "../harness/measure.ts";
import { quantile } from "../harness/statistics.ts";
import { type Product, serveProduct } from "../serving/product.ts";

const LONG = 10_000;
const SHORT = 100;

export const wake: Measure = {
  name: "wake",
  what: `wake of an evicted ${LONG.toLocaleString("en-US")}-event conversation to the first byte of its snapshot, p50`,
  unit: "ms",
  gates: [
    { arm: "long", beside: "short", by: "ratio", bound: { atMost: 1.3 }, unit: "×", guess: true },
    { arm: "long", by: "value", bound: { atMost: 15 }, unit: "ms", guess: true },
  ],
  async open(bench) {
    const product = await serveProduct(bench, { variant: "product", silentThread: true });
    bench.progress("wake: filling the conversations");
    const long = await fillTurns(product, LONG);
    const short = await fillTurns(product, SHORT);
    const arm = (name: string, label: string, run: () => Promise<Sample>) => ({ name, label, run });
    const head = (id: string) => `${product.origin}/api/conversations/${id}/events?since=0&limit=1`;
    const snapshot = (id: string) => `${product.origin}/api/conversations/${id}`;
    return {
      arms: [
        arm("long", "10,000 events", () => wakes(bench, product, snapshot(long))),
        arm("short", "100 events", () => wakes(bench, product, snapshot(short))),
        arm("warm", "10,000 events, awake", () => reads(bench, snapshot(long))),
        arm("long-page", "10,000 events, one event asked for", () => wakes(bench, product, head(long))),
        arm("short-page", "100 events, one event asked for", () => wakes(bench, product, head(short))),
      ],
      remarks: [
        "A snapshot is a window of at most 80 entries: of the long conversation it is full, of the short one half.",
      ],
    };
  },
};

/** Every object is lost before each read. */
async function wakes(bench: Bench, product: Product, url: string): Promise<Sample> {
  const times: number[] = [];
  let bytes = 0;
  const faults: string[] = [];
  for (let n = 0; n < bench.sized(40, 10); n += 1) {
    await ask("POST", `${product.door}/abort`);
    const answer = await ask("GET", url);
    if (answer.status !== 200) faults.push(`a wake answered ${answer.status}`);
    bytes = answer.text.length;
    times.push(answer.firstByteMs);
  }
  return { value: quantile(times, 0.5), also: { "p95, ms": quantile(times, 0.95), bytes }, faults };
}

async function reads(bench: Bench, url: string): Promise<Sample> {
  const times: number[] = [];
  for (let n = 0; n < bench.sized(40, 10); n += 1) times.push((await ask("GET", url)).firstByteMs);
  return { value: quantile(times, 0.5), faults: [] };
}
