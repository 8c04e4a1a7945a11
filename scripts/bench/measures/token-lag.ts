import { setTimeout as sleep } from "node:timers/promises";
import type { ReportFrame } from "#contract/report";
import { ReportFeed, startReport } from "../clients/run.ts";
import { nodeTarget, productTarget, type Target } from "../clients/target.ts";
import { openViewer, type Viewer } from "../clients/viewer.ts";
import type { Bench } from "../harness/bench.ts";
import type { Arm, Measure, Sample } from "../harness/measure.ts";
import { quantile } from "../harness/statistics.ts";

const STREAMS = 20;
const CHUNKS_PER_SECOND = 200;
/** Every chunk is as long as this, so that a place in the text names its chunk. */
const CHUNK = "token ";
const STEP_MS = 1_000 / CHUNKS_PER_SECOND;
const WARM_UP_CHUNKS = 40;

export const tokenLag: Measure = {
  name: "token-lag",
  what: `token lag p99, ${STREAMS} warm streams of ${CHUNKS_PER_SECOND} chunks/s`,
  unit: "ms",
  gates: [
    { arm: "stored-first", beside: "row-per-chunk", by: "ratio", bound: { atMost: 0.8 }, unit: "×" },
    { arm: "stored-first", by: "value", bound: { atMost: 35 }, unit: "ms" },
    { arm: "product", by: "value", bound: { atMost: 35 }, unit: "ms" },
  ],
  async open(bench) {
    const pass = { code: "lean", grouped: true, durable: false } as const;
    const targets: [name: string, label: string, target: Target][] = [
      ["product", "the product (frames of 16 ms, stored every 250 ms)", await productTarget(bench, "product")],
      ["stored-first", "the product, each frame stored before it is sent", await productTarget(bench, "stored-first")],
      ["row-per-chunk", "own row per chunk, stored before it is sent", await productTarget(bench, "row-per-turn")],
      ["pass", "lean Node, passed on at once, nothing stored", await nodeTarget(bench, pass)],
    ];
    return {
      arms: targets.map(([name, label, target]): Arm => ({ name, label, run: () => run(bench, target) })),
      remarks: ["Growing text is no acknowledged event: the product forwards it before it stores it."],
    };
  },
};

async function run(bench: Bench, target: Target): Promise<Sample> {
  const streams = await Promise.all(Array.from({ length: STREAMS }, () => Stream.open(target)));
  const chunks = WARM_UP_CHUNKS + CHUNKS_PER_SECOND * bench.sized(5, 1);
  await sendAtRate(streams, chunks);
  const whole = chunks * CHUNK.length;
  for (let tries = 0; tries < 200 && streams.some((one) => one.text.length < whole); tries += 1) await sleep(100);
  for (const stream of streams) stream.close();
  const lags = streams.flatMap((one) => one.lags());
  const short = streams.filter((one) => one.text !== CHUNK.repeat(chunks)).length;
  return {
    value: quantile(lags, 0.99),
    also: { "p50, ms": quantile(lags, 0.5) },
    faults: [
      ...streams.flatMap((one) => one.faults),
      ...(short > 0 ? [`${short} of ${STREAMS} viewers have another text than was sent`] : []),
    ],
  };
}

/** Open loop: chunk n of every stream is sent when its time has come, however late what came before was read. */
async function sendAtRate(streams: Stream[], chunks: number): Promise<void> {
  const startedMs = performance.now();
  for (let n = 0; n < chunks; n += 1) {
    const waitMs = startedMs + n * STEP_MS - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    for (const stream of streams) stream.sendChunk();
  }
}

class Stream {
  text = "";
  readonly faults: string[] = [];
  readonly #sentAt: number[] = [];
  readonly #gotAt: number[] = [];
  readonly #feed: ReportFeed;
  readonly #itemId: string;
  #viewer: Viewer | null = null;

  private constructor(feed: ReportFeed, itemId: string) {
    this.#feed = feed;
    this.#itemId = itemId;
  }

  static async open(target: Target): Promise<Stream> {
    const run = await target.open();
    const feed = await ReportFeed.open(target.reports, run);
    const report = startReport(run.runId);
    await feed.send([report]);
    const stream = new Stream(feed, report.item.id);
    stream.#viewer = await openViewer(target.viewerUrl(run), (frame, atMs) => {
      if (frame.type === "delta") stream.#take(frame.offset, frame.text, atMs);
    });
    return stream;
  }

  sendChunk(): void {
    const offset = this.#sentAt.length * CHUNK.length;
    this.#sentAt.push(performance.now());
    const deltas: ReportFrame["deltas"] = [{ itemId: this.#itemId, offset, text: CHUNK }];
    void this.#feed.send([], deltas);
  }

  /** Milliseconds from sending a chunk to having it, of the chunks after the warm-up. */
  lags(): number[] {
    return this.#gotAt.map((atMs, index) => atMs - (this.#sentAt[index] ?? 0)).slice(WARM_UP_CHUNKS);
  }

  close(): void {
    this.#viewer?.close();
    this.#feed.close();
    this.faults.push(...this.#feed.faults);
  }

  #take(offset: number, text: string, atMs: number): void {
    if (offset !== this.text.length) this.faults.push(`a piece at ${offset} came after ${this.text.length}`);
    this.text += text;
    while (this.#gotAt.length * CHUNK.length < this.text.length) this.#gotAt.push(atMs);
  }
}
