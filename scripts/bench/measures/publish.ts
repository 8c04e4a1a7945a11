import { setTimeout as sleep } from "node:timers/promises";
import type { ServerFrame } from "#contract/frame";
import { ReportFeed, startReport } from "../clients/run.ts";
import { nodeTarget, productTarget, type Target } from "../clients/target.ts";
import { openViewer, type Viewer } from "../clients/viewer.ts";
import type { Bench } from "../harness/bench.ts";
import type { Arm, Measure, Sample } from "../harness/measure.ts";
import { quantile } from "../harness/statistics.ts";

const SOCKETS = 10;
const PAUSE_MS = 4;

export const publish: Measure = {
  name: "publish",
  what: `publish one stored event to the last of ${SOCKETS} sockets, p50`,
  unit: "ms",
  gates: [{ arm: "product", beside: "ws-stored", by: "ratio", bound: { atMost: 2.5 }, unit: "×", guess: true }],
  async open(bench) {
    const lean = { code: "lean", durable: true, grouped: true } as const;
    const targets: [name: string, label: string, target: Target][] = [
      ["product", "the product", await productTarget(bench, "product")],
      ["ws-stored", "Node ws, stored first", await nodeTarget(bench, lean)],
      ["ws", "Node ws, nothing stored", await nodeTarget(bench, { ...lean, durable: false })],
      ["same-code", "same code on Node ws", await nodeTarget(bench, { ...lean, code: "same" })],
    ];
    return { arms: targets.map(([name, label, target]): Arm => ({ name, label, run: () => run(bench, target) })) };
  },
};

async function run(bench: Bench, target: Target): Promise<Sample> {
  const conversation = await target.open();
  const feed = await ReportFeed.open(target.reports, conversation);
  const audience = new Audience();
  await audience.open(target.viewerUrl(conversation));
  const sent: string[] = [];
  const times: number[] = [];
  for (let n = 0; n < bench.sized(500, 100); n += 1) {
    const report = startReport(conversation.runId);
    sent.push(report.item.id);
    const arrived = audience.all();
    const startedMs = performance.now();
    void feed.send([report]);
    await arrived;
    times.push(performance.now() - startedMs);
    await sleep(PAUSE_MS);
  }
  audience.close();
  feed.close();
  return {
    value: quantile(times, 0.5),
    also: { "p95, ms": quantile(times, 0.95), "p99, ms": quantile(times, 0.99) },
    faults: [...feed.faults, ...audience.judge(sent)],
  };
}

/** Ten viewers, and when the last of them has what was published last. */
class Audience {
  readonly #got: string[][] = Array.from({ length: SOCKETS }, () => []);
  #viewers: Viewer[] = [];
  #missing = 0;
  #settle: () => void = () => undefined;

  async open(url: string): Promise<void> {
    this.#viewers = await Promise.all(this.#got.map((list) => openViewer(url, (frame) => this.#take(list, frame))));
    await sleep(100);
  }

  all(): Promise<void> {
    this.#missing = SOCKETS;
    return new Promise((settle) => {
      this.#settle = settle;
    });
  }

  close(): void {
    for (const viewer of this.#viewers) viewer.close();
  }

  judge(sent: string[]): string[] {
    const wrong = this.#got.filter((list) => list.join() !== sent.join()).length;
    return wrong > 0 ? [`${wrong} of ${SOCKETS} sockets got other events than were sent`] : [];
  }

  #take(list: string[], frame: ServerFrame): void {
    if (frame.type !== "events") return;
    for (const { event } of frame.events) {
      if (event.type !== "item.started") continue;
      list.push(event.item.id);
      this.#missing -= 1;
      if (this.#missing === 0) this.#settle();
    }
  }
}
