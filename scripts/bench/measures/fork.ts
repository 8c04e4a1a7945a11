import { setTimeout as sleep } from "node:timers/promises";
import { fillTurns } from "../clients/fill.ts";
import { ask } from "../clients/http.ts";
import { eventsAfter, lastSeq } from "../clients/run.ts";
import type { Bench } from "../harness/bench.ts";
import type { Measure, Sample } from "../harness/measure.ts";
import { quantile } from "../harness/statistics.ts";
import { type Product, serveProduct } from "../serving/product.ts";

const LONG = 10_000;
const SHORT = 100;
/** A member gives at most 20 commands a second. */
const PAUSE_MS = 60;

export const fork: Measure = {
  name: "fork",
  what: `fork of a ${LONG.toLocaleString("en-US")}-event conversation at its end, p50`,
  unit: "ms",
  gates: [{ arm: "long", beside: "short", by: "ratio", bound: { atMost: 1.2 }, unit: "×", guess: true }],
  async open(bench) {
    const product = await serveProduct(bench, { variant: "product", silentThread: true });
    const short = await fillTurns(product, SHORT);
    if ((await forkOf(product, short)).status === 404) return "the API has no fork of a conversation";
    bench.progress("fork: filling the long conversation");
    const long = await fillTurns(product, LONG);
    return {
      arms: [
        { name: "long", label: "of 10,000 events", run: () => forks(bench, product, long) },
        { name: "short", label: "of 100 events", run: () => forks(bench, product, short) },
      ],
    };
  },
};

async function forkOf(product: Product, id: string) {
  const atSeq = await lastSeq(product, id);
  return ask("POST", `${product.origin}/api/conversations/${id}/fork`, JSON.stringify({ atSeq }));
}

async function forks(bench: Bench, product: Product, id: string): Promise<Sample> {
  const times: number[] = [];
  let made = "";
  for (let n = 0; n < bench.sized(20, 5); n += 1) {
    const answer = await forkOf(product, id);
    if (answer.status !== 201) return { value: Number.NaN, faults: [`a fork answered ${answer.status}`] };
    times.push(answer.firstByteMs);
    await sleep(PAUSE_MS);
    made = (JSON.parse(answer.text) as { id: string }).id;
  }
  return { value: quantile(times, 0.5), faults: await judgeFork(product, id, made) };
}

/** The fork says every message that its origin says, in the same order. */
async function judgeFork(product: Product, id: string, made: string): Promise<string[]> {
  const textsOf = async (one: string) =>
    (await eventsAfter(product, one, 0)).flatMap(({ event }) =>
      event.type === "message.posted" ? [event.message.content] : [],
    );
  const [origin, copy] = [await textsOf(id), await textsOf(made)];
  const same = origin.length > 0 && origin.join("\n") === copy.join("\n");
  return same ? [] : [`${origin.length} messages became ${copy.length} in the fork`];
}
