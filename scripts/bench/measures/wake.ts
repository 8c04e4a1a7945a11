import { fillTurns } from "../clients/fill.ts";
import { ask } from "../clients/http.ts";
import { lastSeq } from "../clients/run.ts";
import type { Bench } from "../harness/bench.ts";
import { armOf, type Measure, type Sample } from "../harness/measure.ts";
import { quantile } from "../harness/statistics.ts";
import { type Product, serveProduct } from "../serving/product.ts";

const LONG = 10_000;
const SHORT = 100;
/** The shortest whose snapshot is as full as the long one's. */
const FULL = 200;

export const wake: Measure = {
  name: "wake",
  what: `wake of an evicted ${LONG.toLocaleString("en-US")}-event conversation to the first byte of its snapshot, p50`,
  unit: "ms",
  gates: [
    { arm: "long", beside: "short", by: "ratio", bound: { atMost: 1.3 }, unit: "×", guess: true },
    { arm: "long", beside: "full", by: "ratio", bound: { atMost: 1.3 }, unit: "×", guess: true },
    { arm: "long-page", beside: "short-page", by: "ratio", bound: { atMost: 1.3 }, unit: "×", guess: true },
    { arm: "long", by: "value", bound: { atMost: 15 }, unit: "ms", guess: true },
  ],
  async open(bench) {
    const product = await serveProduct(bench, { variant: "product", silentThread: true });
    bench.progress("wake: filling the conversations");
    const long = await fillTurns(product, LONG);
    const short = await fillTurns(product, SHORT);
    const full = await fillTurns(product, FULL);
    const snapshot = (id: string) => `${product.origin}/api/conversations/${id}`;
    const newest = async (id: string) => `${snapshot(id)}/events?since=${(await lastSeq(product, id)) - 1}`;
    const [longPage, shortPage] = [await newest(long), await newest(short)];
    return {
      arms: [
        armOf("long", "10,000 events", () => wakes(bench, product, snapshot(long))),
        armOf("short", "100 events", () => wakes(bench, product, snapshot(short))),
        armOf("full", "200 events, a snapshot of the same size", () => wakes(bench, product, snapshot(full))),
        armOf("warm", "10,000 events, awake", () => reads(bench, snapshot(long))),
        armOf("long-page", "10,000 events, the newest event asked for", () => wakes(bench, product, longPage)),
        armOf("short-page", "100 events, the newest event asked for", () => wakes(bench, product, shortPage)),
      ],
      remarks: [
        "A snapshot is a window of at most 80 entries: the long conversation fills it, that of 100 events half.",
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
