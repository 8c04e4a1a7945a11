import { setTimeout as sleep } from "node:timers/promises";
import { framesIn, RawViewer } from "../clients/raw-viewer.ts";
import { ReportFeed, startReport } from "../clients/run.ts";
import { nodeTarget, productTarget, type Target } from "../clients/target.ts";
import type { Arm, Measure, Sample } from "../harness/measure.ts";

const BURST = 200;
/** A burst comes in frames of as many reports as a fast agent makes in a tick. */
const PER_FRAME = 50;
const OPENED_AT_ONCE = 50;
const BURSTS = 3;

export const fanout: Measure = {
  name: "fanout",
  what: `burst of ${BURST} stored events to many sockets, coalesced`,
  unit: "delivered events/s",
  gates: [
    { arm: "product", beside: "ws-raw", by: "ratio", bound: { atLeast: 6 }, unit: "×" },
    { arm: "product", beside: "ws-coalesced", by: "ratio", bound: { atLeast: 0.4 }, unit: "×" },
  ],
  async open(bench) {
    const lean = { code: "lean", durable: true } as const;
    const targets: [name: string, label: string, target: Target][] = [
      ["product", "the product", await productTarget(bench, "product")],
      ["ws-raw", "Node ws, stored, a message each", await nodeTarget(bench, { ...lean, grouped: false })],
      ["ws-coalesced", "Node ws, stored, coalesced alike", await nodeTarget(bench, { ...lean, grouped: true })],
      ["same-code", "same code on Node ws", await nodeTarget(bench, { ...lean, code: "same", grouped: true })],
    ];
    const viewers = bench.sized(1_000, 100);
    const arms = targets.map(([name, label, target]): Arm => ({ name, label, run: () => run(target, viewers) }));
    return { arms, remarks: [`${viewers.toLocaleString("en-US")} sockets, ${BURSTS} bursts a round.`] };
  },
};

async function run(target: Target, count: number): Promise<Sample> {
  const conversation = await target.open();
  const feed = await ReportFeed.open(target.reports, conversation);
  const viewers: RawViewer[] = [];
  while (viewers.length < count) {
    const some = Array.from({ length: Math.min(OPENED_AT_ONCE, count - viewers.length) }, () =>
      RawViewer.open(target.viewerUrl(conversation)),
    );
    viewers.push(...(await Promise.all(some)));
  }
  await sleep(500);
  const faults: string[] = [];
  const times: number[] = [];
  for (let burst = 0; burst <= BURSTS; burst += 1) {
    for (const viewer of viewers) viewer.reset();
    const { tookMs, ids } = await sendBurst(feed, viewers, conversation.runId);
    if (burst > 0) times.push(tookMs);
    await sleep(100);
    faults.push(...judge(viewers, ids));
  }
  for (const viewer of viewers) viewer.close();
  feed.close();
  const first = count * BURST * BURSTS;
  return { value: (first / times.reduce((sum, one) => sum + one, 0)) * 1000, faults: [...faults, ...feed.faults] };
}

/** The time from the first frame until every viewer has the last event. */
async function sendBurst(feed: ReportFeed, viewers: RawViewer[], runId: string) {
  const reports = Array.from({ length: BURST }, () => startReport(runId));
  const ids = reports.map((one) => one.item.id);
  const arrived = Promise.all(viewers.map((one) => one.has(ids.at(-1) ?? "")));
  const startedMs = performance.now();
  for (let at = 0; at < BURST; at += PER_FRAME) void feed.send(reports.slice(at, at + PER_FRAME));
  await arrived;
  return { tookMs: performance.now() - startedMs, ids };
}

/** Everybody got the same bytes, and they hold each event once and in order. */
function judge(viewers: RawViewer[], ids: string[]): string[] {
  const first = viewers[0]?.bytes() ?? Buffer.alloc(0);
  const differing = viewers.filter((one) => !one.bytes().equals(first)).length;
  const got = framesIn(first).flatMap((text) => {
    const frame = JSON.parse(text) as { type: string; events?: { event: { item?: { id: string } } }[] };
    return frame.type === "events" ? (frame.events ?? []).map((one) => one.event.item?.id ?? "") : [];
  });
  const same = got.length === ids.length && got.every((id, index) => id === ids[index]);
  return [
    ...(differing > 0 ? [`${differing} of ${viewers.length} viewers got other bytes than the first`] : []),
    ...(same ? [] : [`${ids.length} events were sent, ${got.length} delivered, or in another order`]),
  ];
}
