import type { Event } from "#contract/event";
import type { Actor } from "#contract/member";
import { ok } from "#contract/problem";
import { type Report, type ReportFrame, type ReportReply, reportFrame } from "#contract/report";
import type { Run } from "#contract/run";
import { eventsOfReport } from "#domain/conversation/decide-report";
import { isFinal } from "#domain/conversation/decision";
import type { Entry, Journal } from "./journal.ts";
import type { LiveTexts } from "./live-texts.ts";
import type { ConversationStore } from "./store.ts";

interface Deps {
  store: ConversationStore;
  live: LiveTexts;
  journal: Journal;
  now(): string;
  /** The member that reports are by. */
  agent(): Actor;
  /** A run has shown that it lives. */
  heard(runId: string): void;
}

/**
 * Takes a frame of the report socket. Reports are numbered from 1 within a run, so each is stored once whatever is sent
 * again; a gap is answered with the last number stored, and the thread sends from there. Frames of an older epoch, or of
 * a run that is over, are refused (`fenced`).
 */
export async function takeReports(deps: Deps, text: string): Promise<ReportReply[]> {
  const parsed = reportFrame.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`a report frame is not valid: ${parsed.error.message}`);
  const frame = parsed.data;
  const by = deps.agent();
  const stored = frame.reports.map((report, index) =>
    deps.journal.submit(by, () => ok(entryFor(deps, frame, { report, n: frame.n + index }))),
  );
  const alive = deps.journal.submit(by, () => ok({ events: [], value: () => activeRun(deps, frame) !== null }));
  const [last] = await Promise.all([alive, ...stored]);
  const n = deps.store.reportCursor(frame.runId);
  const settled = frame.reports.length > 0 && n >= frame.n + frame.reports.length - 1;
  if (!settled && !(last.ok && last.value)) return [{ type: "fenced" }];
  return [...(frame.reports.length > 0 ? [{ type: "ack" as const, n }] : []), ...takeDeltas(deps, frame)];
}

/** Each report is a task of its own, decided against what the ones before it made; the journal commits them together. */
function entryFor(deps: Deps, frame: ReportFrame, at: { report: Report; n: number }): Entry<null> {
  const run = activeRun(deps, frame);
  if (run === null || at.n !== deps.store.reportCursor(run.id) + 1) return { events: [], value: () => null };
  const view = deps.store.view((itemId) => deps.live.get(itemId));
  const events = [...revived(run), ...eventsOfReport(at.report, { view, run, now: deps.now() })];
  return { events, commit: () => deps.store.setReportCursor(run.id, at.n), value: () => null };
}

function activeRun(deps: Deps, frame: ReportFrame): Run | null {
  const run = deps.store.state.runs.get(frame.runId);
  if (!run || isFinal(run.status) || run.status === "queued" || frame.epoch < run.epoch) return null;
  deps.heard(run.id);
  return run;
}

/** A stalled run that reports again goes on. */
function revived(run: Run): Event[] {
  return run.waitingFor === "stalled" ? [{ type: "run.resumed", runId: run.id, epoch: run.epoch }] : [];
}

function takeDeltas(deps: Deps, frame: ReportFrame): ReportReply[] {
  return frame.deltas.flatMap((piece) => {
    const taken = deps.live.take(piece);
    return taken.kind === "resend" ? [{ type: "resend" as const, itemId: piece.itemId, have: taken.have }] : [];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
