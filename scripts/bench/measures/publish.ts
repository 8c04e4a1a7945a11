import { setTimeout as sleep } from "node:timers/promises";
import { ReportFeed, startReport } from "../clients/run.ts";
import { nodeTarget, productTarget, type Target } from "../clients/target.ts";
import { openViewer } from "../clients/viewer.ts";
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
  const got: string[][] = Array.from({ length: SOCKETS }, () => []);
  let missing = 0;
  let settle: () => void = () => undefined;
  const viewers = await Promise.all(
    got.map((list) =>
      openViewer(target.viewerUrl(conversation), (frame) => {
        if (frame.type !== "events") return;
        for (const { event } of frame.events) {
          if (event.type !== "item.started") continue;
          list.push(event.item.id);
          missing -= 1;
          if (missing === 0) settle();
        }
      }),
    ),
  );
  await sleep(100);
  const sent: string[] = [];
  const times: number[] = [];
  for (let n = 0; n < bench.sized(500, 100); n += 1) {
    const report = startReport(conversation.runId);
    sent.push(report.item.id);
    missing = SOCKETS;
    const arrived = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const startedMs = performance.now();
    void feed.send([report]);
    await arrived;
    times.push(performance.now() - startedMs);
    await sleep(PAUSE_MS);
  }
  for (const viewer of viewers) viewer.close();
  feed.close();
  const wrong = got.filter((list) => list.join() !== sent.join()).length;
  return {
    value: quantile(times, 0.5),
    also: { "p95, ms": quantile(times, 0.95), "p99, ms": quantile(times, 0.99) },
    faults: [...feed.faults, ...(wrong > 0 ? [`${wrong} of ${SOCKETS} sockets got other events than were sent`] : [])],
  };
}
