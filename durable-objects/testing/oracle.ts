import type { Snapshot } from "#contract/conversation";
import type { Envelope } from "#contract/event";
import { NO_USAGE } from "#contract/usage";
import { addUsage, emptyState, evolve } from "#domain/conversation/evolve";
import type { Played } from "./driver.ts";
import { pause } from "./rig.ts";
import type { TestViewer } from "./viewer.ts";

/** Everything that is not as it must be once a conversation is at rest; empty where all is well. */
export async function judge(played: Played): Promise<string[]> {
  const { rig, viewers } = played;
  const ran = await rig.shell("cat ran.log 2>/dev/null; true");
  const snapshot = await atRest(played);
  const events = (await rig.events()).filter((one) => one.seq <= snapshot.seq);
  return [
    ...judgeLog(events, snapshot),
    ...judgeMessages(events, played),
    ...judgeRuns(snapshot),
    ...judgeCalls(snapshot, ran),
    ...judgeUsage(events, snapshot),
    ...judgePolled(played.polled, events),
    ...(await judgeForks(played, events)),
    ...viewers.flatMap((viewer, index) => judgeViewer(viewer, index, snapshot)),
  ];
}

/** Longer than a sandbox lets things settle before it looks for changes and keeps its files. */
const QUIET_MS = 700;

/** The state once nothing has come for a while and the viewers have it. */
async function atRest({ rig, viewers }: Played): Promise<Snapshot> {
  const end = Date.now() + 10_000;
  let [now, since] = [await rig.snapshot(), Date.now()];
  for (;;) {
    await rig.alarm("sandbox");
    await pause(100);
    const after = await rig.snapshot();
    if (after.seq !== now.seq) since = Date.now();
    now = after;
    const quiet = Date.now() - since > QUIET_MS && viewers.every((one) => one.state.seq === now.seq);
    if (quiet || Date.now() > end) return now;
  }
}

/** JSON whose objects have their keys in order: what was stored and what was changed in place differ in that alone. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, child: unknown) =>
    child !== null && typeof child === "object" && !Array.isArray(child)
      ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1)))
      : child,
  );
}

/** CV1, CV5: no gap, and the fold is the state. */
function judgeLog(events: Envelope[], snapshot: Snapshot): string[] {
  const wrong = events.flatMap((one, index) => (one.seq === index + 1 ? [] : [`event ${one.seq} at ${index + 1}`]));
  const folded = events.reduce(evolve, emptyState());
  const same = (name: string, a: unknown, b: unknown) =>
    canonical(a) === canonical(b) ? [] : [`the fold differs in ${name}: ${diffOf(a, b)}`];
  return [
    ...wrong,
    ...same("head", folded.head, snapshot.head),
    ...snapshot.messages.flatMap((one) => same(`message ${one.id}`, folded.messages.get(one.id), one)),
    ...snapshot.runs.flatMap((one) => same(`run ${one.id}`, folded.runs.get(one.id), one)),
    ...snapshot.items.flatMap((one) => same(`item ${one.id}`, folded.items.get(one.id), one)),
    ...same("number of items", folded.items.size, snapshot.fromSeq === 1 ? snapshot.items.length : folded.items.size),
  ];
}

function diffOf(a: unknown, b: unknown): string {
  return `${canonical(a)}\n    is ${canonical(b)}`;
}

/** What was asked for in pieces is the log from its beginning, each event once. */
function judgePolled(polled: Envelope[], events: Envelope[]): string[] {
  return polled.flatMap((one, index) =>
    canonical(one) === canonical(events[index]) ? [] : [`poll ${index + 1} gave event ${one.seq}, or another one`],
  );
}

/** CV35, CV36: each fork has what its origin had at its seq, then its own, and nothing in it is under way. */
async function judgeForks({ rig, forks }: Played, events: Envelope[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { id, atSeq } of forks) {
    const log = await rig.logOf(id);
    const plain = (list: Envelope[]) =>
      canonical(list.slice(0, atSeq).map(({ seq, at, event }) => [seq, at, event.type]));
    if (plain(log) !== plain(events)) wrong.push(`fork ${id} at ${atSeq} has another beginning`);
    const folded = log.reduce(evolve, emptyState());
    if (folded.seq !== log.length || folded.head?.id !== id) wrong.push(`fork ${id} at ${atSeq} is not one log`);
    const open = [...folded.runs.values(), ...folded.items.values()].filter(
      (one) => !("finishedAt" in one ? one.finishedAt : one.completedAt),
    );
    wrong.push(...open.map((one) => `fork ${id} at ${atSeq} has ${one.id} under way`));
  }
  return wrong;
}

/** Every acknowledged message is there once, and belongs to exactly one run that is over. */
function judgeMessages(events: Envelope[], { posted }: Played): string[] {
  const folded = events.reduce(evolve, emptyState());
  return posted.flatMap(({ messageId }) => {
    const times = events.filter((one) => one.event.type === "message.posted" && one.event.message.id === messageId);
    const message = folded.messages.get(messageId);
    const own = [...folded.runs.values()].filter((run) => run.messageId === messageId);
    const run = folded.runs.get(message?.runId ?? "");
    const wrong: string[] = [];
    if (times.length !== 1) wrong.push(`message ${messageId} is there ${times.length} times`);
    if (own.length > 1) wrong.push(`message ${messageId} has ${own.length} runs`);
    if (own.length === 0 && message?.mode !== "steer") wrong.push(`message ${messageId} has no run`);
    if (!run?.finishedAt) wrong.push(`message ${messageId} belongs to no run that is over`);
    return wrong;
  });
}

function judgeRuns(snapshot: Snapshot): string[] {
  const open = snapshot.items.filter((one) => one.status === "in_progress");
  const { approvals, questions } = snapshot.head;
  return [
    ...open.map((one) => `item ${one.id} (${one.kind} ${one.title}) is still in progress`),
    ...[...approvals, ...questions].map((one) => `ask ${one.id} of run ${one.runId} is still pending`),
    ...snapshot.runs.flatMap((run) => (run.finishedAt ? [] : [`run ${run.id} is ${run.status}`])),
  ];
}

/**
 * A call runs at most once, and exactly once where its item is completed. Each command names itself by a token. One that
 * began in the moment its run was stopped may have run without an item: its report came after the stop.
 */
function judgeCalls(snapshot: Snapshot, ran: string): string[] {
  const counts = new Map<string, { items: number; completed: number }>();
  for (const item of snapshot.items) {
    const token = /^echo (t\d+) >>/.exec(item.detail.command ?? "")?.[1];
    if (!token) continue;
    const known = counts.get(token) ?? { items: 0, completed: 0 };
    counts.set(token, {
      items: known.items + 1,
      completed: known.completed + (item.status === "completed" ? 1 : 0),
    });
  }
  const lines = ran.trim().split("\n").filter(Boolean);
  const tokens = new Set([...counts.keys(), ...lines]);
  return [...tokens].flatMap((token) => {
    const times = lines.filter((line) => line === token).length;
    const { items, completed } = counts.get(token) ?? { items: 0, completed: 0 };
    return times >= completed && times <= Math.max(items, 1)
      ? []
      : [`${token} ran ${times} times, ${items} calls, ${completed} completed`];
  });
}

/** The head's and the runs' figures are the sums of the log's. */
function judgeUsage(events: Envelope[], snapshot: Snapshot): string[] {
  const recorded = events.flatMap(({ event }) => (event.type === "usage.recorded" ? [event] : []));
  const sumOf = (list: typeof recorded) =>
    JSON.stringify(list.reduce((sum, one) => addUsage(sum, one.usage), NO_USAGE));
  const wrong = sumOf(recorded) === JSON.stringify(snapshot.head.usage) ? [] : ["the head's usage is not the log's"];
  for (const run of snapshot.runs) {
    if (sumOf(recorded.filter((one) => one.runId === run.id)) !== JSON.stringify(run.usage))
      wrong.push(`the usage of run ${run.id} is not the log's`);
  }
  return wrong;
}

function judgeViewer(viewer: TestViewer, index: number, snapshot: Snapshot): string[] {
  const told = viewer.wrong.map((one) => `viewer ${index}: ${one}`);
  if (viewer.state.seq !== snapshot.seq)
    return [...told, `viewer ${index} is at ${viewer.state.seq} of ${snapshot.seq}`];
  const differs = snapshot.items.filter((one) => canonical(viewer.state.items.get(one.id)) !== canonical(one));
  return [...told, ...differs.map((one) => `viewer ${index} has another ${one.kind} ${one.id}`)];
}
