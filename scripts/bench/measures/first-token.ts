import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "#contract/event";
import type { ServerFrame } from "#contract/frame";
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
        {
          name: "product",
          label: "the product: API, run, agent thread, gateway, viewer",
          run: () => turns(bench, product),
        },
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
  const reader = new Reader();
  const url = `${product.origin.replace("http", "ws")}/api/conversations/${id}/socket`;
  const viewer = await openViewer(url, (frame, atMs) => reader.take(frame, atMs));
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + bench.sized(40, 10); n += 1) {
    const finished = reader.nextTurn();
    const startedMs = performance.now();
    await post(product, id, `Turn ${n}`);
    times.push((await finished) - startedMs);
    await sleep(20);
  }
  viewer.close();
  return sampleOf(times, reader.faults);
}

/** Watches a turn: when its first text came, and whether the whole of it was what the model said. */
class Reader {
  readonly faults: string[] = [];
  #firstMs: number | null = null;
  #finish: (firstMs: number) => void = () => undefined;

  /** Settles at the end of the turn with the time of its first text. */
  nextTurn(): Promise<number> {
    this.#firstMs = null;
    return new Promise((finish) => {
      this.#finish = finish;
    });
  }

  take(frame: ServerFrame, atMs: number): void {
    if (frame.type === "delta") this.#firstMs ??= atMs;
    if (frame.type !== "events") return;
    for (const { event } of frame.events) this.#event(event, atMs);
  }

  #event(event: Event, atMs: number): void {
    if (event.type === "item.completed") {
      this.#firstMs ??= atMs;
      if (event.item.text !== FULL_TEXT) this.faults.push(`the text is "${event.item.text}"`);
    }
    if (event.type !== "run.finished") return;
    if (event.status !== "succeeded") this.faults.push(`a run ${event.status}: ${event.stopReason}`);
    this.#finish(this.#firstMs ?? Number.NaN);
  }
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
