import type { Report } from "#contract/report";
import { judgeItems, ReportFeed, startReport, stepReport } from "../clients/run.ts";
import type { Target } from "../clients/target.ts";
import type { Sample } from "../harness/measure.ts";

export interface Load {
  events: number;
  perFrame: number;
  /** Frames that may wait for their acknowledgement at once. */
  inFlight: number;
}

const TEXT = "ok: 12 tests passed in 0.41 s, nothing else to say about them. ".repeat(3);

/** So many events of steps, each begun and completed, in frames of the report socket; events a second to the last ack. */
export async function sendFrames(target: Target, load: Load): Promise<Sample> {
  const run = await target.open();
  const feed = await ReportFeed.open(target.reports, run);
  const firstMs = await timed(() => feed.send(steps(run.runId, 2).reports));
  const before = await target.stored(run);
  const { reports, ids } = steps(run.runId, load.events);
  const frames = Array.from({ length: Math.ceil(reports.length / load.perFrame) }, (_, index) =>
    reports.slice(index * load.perFrame, (index + 1) * load.perFrame),
  );
  const tookMs = await timed(() => sendAll(feed, frames, load.inFlight));
  feed.close();
  const stored = (await target.stored(run)) - before;
  const counted = before > 0 && stored !== load.events;
  const events = await target.events?.(run, before);
  return {
    value: (load.events / tookMs) * 1000,
    also: { "first on a new object, ms": firstMs },
    faults: [
      ...feed.faults,
      ...(counted ? [`${load.events} events were acknowledged, ${stored} are stored`] : []),
      ...(events ? judgeItems(events, ids, before) : []),
    ],
  };
}

async function sendAll(feed: ReportFeed, frames: Report[][], inFlight: number): Promise<void> {
  let next = 0;
  const sender = async () => {
    for (let frame = frames[next++]; frame; frame = frames[next++]) await feed.send(frame);
  };
  await Promise.all(Array.from({ length: inFlight }, sender));
}

/** Two events a step. */
function steps(runId: string, events: number): { reports: Report[]; ids: string[] } {
  const ids: string[] = [];
  const reports = Array.from({ length: events / 2 }, () => {
    const started = startReport(runId);
    const completed = stepReport(runId, TEXT);
    ids.push(started.item.id);
    return [started, { ...completed, item: { ...completed.item, id: started.item.id } }];
  });
  return { reports: reports.flat(), ids };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
