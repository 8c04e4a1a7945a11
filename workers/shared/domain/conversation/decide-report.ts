import type { Event } from "#contract/event";
import { LIMITS } from "#contract/limits";
import type { Report } from "#contract/report";
import type { Item, ReportedItem, Run } from "#contract/run";
import { endRun } from "./decide-run.ts";
import type { View } from "./decision.ts";

/** What the decisions on reports read beyond a view. */
export interface ReportView extends View {
  item(id: string): Item | undefined;
  hasGroup(id: string): boolean;
}

interface Reported {
  view: ReportView;
  run: Run;
  now: string;
}

type Handler<T extends Report["type"]> = (report: Extract<Report, { type: T }>, to: Reported) => Event[];

const HANDLERS: { [T in Report["type"]]: Handler<T> } = {
  "group.opened": (report, { view }) =>
    view.hasGroup(report.group.id) ? [] : [{ type: "group.opened", group: report.group }],
  "group.closed": (report) => [{ type: "group.closed", groupId: report.groupId }],
  "item.started": (report, { view }) =>
    view.item(report.item.id) ? [] : [{ type: "item.started", item: fitted(report.item) }],
  "item.updated": (report, { view }) =>
    view.item(report.itemId) ? [{ type: "item.updated", itemId: report.itemId, changes: report.changes }] : [],
  "item.completed": completeItem,
  "approval.requested": (report, { view }) =>
    view.head.approvals.some((one) => one.id === report.approval.id)
      ? []
      : [{ type: "approval.requested", approval: report.approval }],
  "question.asked": (report, { view }) =>
    view.head.questions.some((one) => one.id === report.question.id)
      ? []
      : [{ type: "question.asked", question: report.question }],
  "run.waiting": (report, { run }) =>
    run.waitingFor === report.reason ? [] : [{ type: "run.waiting", runId: run.id, reason: report.reason }],
  "run.resumed": (_report, { run }) =>
    run.status === "running" ? [] : [{ type: "run.resumed", runId: run.id, epoch: run.epoch }],
  "changes.changed": (report, { view }) =>
    report.files === view.head.changedFiles ? [] : [{ type: "changes.changed", files: report.files }],
  "title.suggested": (report, { view }) =>
    view.head.titleBy === "default" ? [{ type: "conversation.renamed", title: report.title, titleBy: "auto" }] : [],
  "run.finished": (report, { view, run, now }) => endRun(view, run, { ...report, now }),
};

/** The events of one report of an active run. A report said twice gives none. Pure. */
export function eventsOfReport(report: Report, to: Reported): Event[] {
  const handler = HANDLERS[report.type] as Handler<typeof report.type>;
  return handler(report as never, to);
}

function completeItem(report: Extract<Report, { type: "item.completed" }>, { view }: Reported): Event[] {
  const known = view.item(report.item.id);
  if (known && known.status !== "in_progress") return [];
  const item = fitted(report.item);
  const completed: Event = { type: "item.completed", item };
  if (known) return [completed];
  return [{ type: "item.started", item: { ...item, status: "in_progress", completedAt: null } }, completed];
}

/** An item whose event stays under the limit: an executor shortens what it reports, and this is the backstop. */
function fitted(item: ReportedItem): ReportedItem {
  const room = LIMITS.eventBytes / 4;
  if (item.text.length <= room) return item;
  const half = Math.floor(room / 2);
  const omitted = item.text.length - 2 * half;
  return {
    ...item,
    text: `${item.text.slice(0, half)}\n… ${omitted} characters left out …\n${item.text.slice(-half)}`,
  };
}
