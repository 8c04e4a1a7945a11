import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ask, askJson } from "../clients/http.ts";
import { createConversation, post } from "../clients/run.ts";
import { openViewer } from "../clients/viewer.ts";
import { type Bench, freePort } from "../harness/bench.ts";
import type { Measure, Sample } from "../harness/measure.ts";
import { GENERATOR_CORE } from "../harness/processes.ts";
import { quantile } from "../harness/statistics.ts";
import { type Product, serveProduct } from "../serving/product.ts";

const WARM_UP = 3;
const FULL_TEXT = Array.from({ length: 20 }, (_, index) => `word ${index} `).join("");

export const firstToken: Measure = {
  name: "first-token",
  what: "POST message → first streamed token at a viewer, warm, p50",
  unit: "ms",
  gates: [{ arm: "product", beside: "direct", by: "difference", bound: { atMost: 6 }, unit: "ms", guess: true }],
  async open(bench) {
    const model = await startModel(bench);
    const product = await serveProduct(bench, { variant: "product", silentThread: false });
    const models = [{ name: "m" }];
    const provider = { kind: "openai_compatible", name: "Fixture", slug: "fixture", baseUrl: `${model}/v1`, models };
    await askJson("POST", `${product.origin}/api/providers`, provider);
    return {
      arms: [
        { name: "product", label: "the product: API, run, agent thread, gateway, viewer", run: () => turns(bench, product) },
        { name: "direct", label: "the scripted model called directly", run: () => calls(bench, model) },
      ],
    };
  },
};

async function startModel(bench: Bench): Promise<string> {
  const port = await freePort();
  const script = join(bench.options.root, "scripts", "bench", "arms", "model-fixture.ts");
  const argv = [process.execPath, script, String(port)];
  await bench.processes.start({ name: "model fixture", argv, core: GENERATOR_CORE });
  return `http://127.0.0.1:${port}`;
}

/** Milliseconds to the first byte of the answer's stream. */
async function calls(bench: Bench, model: string): Promise<Sample> {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + bench.sized(40, 10); n += 1) {
    const answer = await ask("POST", `${model}/v1/chat/completions`, '{"stream":true}');
    times.push(answer.firstByteMs);
  }
  return sampleOf(times, []);
}

/** One turn after the other in one conversation; each is over before the next begins. */
async function turns(bench: Bench, product: Product): Promise<Sample> {
  const id = await createConversation(product, { model: "fixture/m", autonomy: "auto" });
  const times: number[] = [];
  const faults: string[] = [];
  let turn = { startedMs: 0, firstMs: 0, finish: () => undefined as void };
  const viewer = await openViewer(`${product.origin.replace("http", "ws")}/api/conversations/${id}/socket`, (frame, atMs) => {
    if (frame.type === "delta" && turn.firstMs === 0) turn.firstMs = atMs;
    if (frame.type !== "events") return;
    for (const { event } of frame.events) {
      if (event.type === "item.completed" && event.item.text !== FULL_TEXT) faults.push(`a text is "${event.item.text}"`);
      if (event.type === "item.started" && event.item.text !== "" && turn.firstMs === 0) turn.firstMs = atMs;
      if (event.type === "run.finished") turn.finish();
    }
  });
  for (let n = 0; n < WARM_UP + bench.sized(40, 10); n += 1) {
    const finished = new Promise<void>((finish) => {
      turn = { startedMs: performance.now(), firstMs: 0, finish };
    });
    await post(product, id, `Turn ${n}`);
    await finished;
    if (turn.firstMs === 0) faults.push(`turn ${n} streamed nothing`);
    else times.push(turn.firstMs - turn.startedMs);
    await sleep(20);
  }
  viewer.close();
  return sampleOf(times, faults);
}

/** The first few turns are the new objects' and stand apart. */
function sampleOf(times: number[], faults: string[]): Sample {
  const warm = times.slice(WARM_UP);
  return {
    value: quantile(warm, 0.5),
    also: { "p95, ms": quantile(warm, 0.95), "first of a new conversation, ms": times[0] ?? Number.NaN },
    faults,
  };
}
