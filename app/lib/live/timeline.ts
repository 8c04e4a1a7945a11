import type { Message } from "#contract/message";
import type { ConversationState } from "#domain/conversation/evolve";

export type Entry = { kind: "message" | "run"; id: string; seq: number };

/** What is on the page, in order, by id only: it stays the same object while only contents change. */
export interface Timeline {
  entries: readonly Entry[];
  itemsOf: ReadonlyMap<string, readonly string[]>;
}

export function emptyTimeline(): Timeline {
  return { entries: [], itemsOf: new Map() };
}

/**
 * The order of messages and runs, and of what is inside each run: its items, and the messages that steered it. Order is by `seq` only. Queued runs are left out: they
 * are listed above the composer. Parts that did not change keep their identity.
 */
export function timelineOf(state: ConversationState, before: Timeline): Timeline {
  const entries = entriesOf(state);
  const itemsOf = itemsByRun(state, before.itemsOf);
  const sameEntries = sameBy(entries, before.entries, (one) => one.id);
  const sameItems =
    itemsOf.size === before.itemsOf.size && [...itemsOf].every(([id, list]) => before.itemsOf.get(id) === list);
  if (sameEntries && sameItems) return before;
  return { entries: sameEntries ? before.entries : entries, itemsOf: sameItems ? before.itemsOf : itemsOf };
}

function entriesOf(state: ConversationState): Entry[] {
  const waiting = new Set(state.head?.threads.flatMap((thread) => thread.queue));
  const entries: Entry[] = [];
  for (const one of state.messages.values())
    if (!(one.runId && waiting.has(one.runId)) && !steers(state, one))
      entries.push({ kind: "message", id: one.id, seq: one.seq });
  for (const { id, seq, status } of state.runs.values())
    if (status !== "queued") entries.push({ kind: "run", id, seq });
  return entries.sort((a, b) => a.seq - b.seq);
}

function itemsByRun(state: ConversationState, before: Timeline["itemsOf"]): Map<string, readonly string[]> {
  const lists = new Map<string, string[]>();
  const steering = [...state.messages.values()].filter((one) => steers(state, one));
  for (const { id, runId } of [...state.items.values(), ...steering].sort((a, b) => a.seq - b.seq)) {
    if (!runId) continue;
    const list = lists.get(runId);
    if (list) list.push(id);
    else lists.set(runId, [id]);
  }
  const kept = new Map<string, readonly string[]>();
  for (const [runId, list] of lists) {
    const old = before.get(runId);
    kept.set(runId, old && sameBy(list, old, (id) => id) ? old : list);
  }
  return kept;
}

function steers(state: ConversationState, { id, mode, runId }: Message): boolean {
  const run = runId === null ? undefined : state.runs.get(runId);
  return mode === "steer" && run !== undefined && run.messageId !== id;
}

function sameBy<T>(a: readonly T[], b: readonly T[], key: (one: T) => string): boolean {
  return a.length === b.length && a.every((one, index) => key(one) === key(b[index] as T));
}
