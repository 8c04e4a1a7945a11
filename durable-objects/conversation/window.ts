import type { Snapshot } from "#contract/conversation";
import { LIMITS } from "#contract/limits";
import { message } from "#contract/message";
import { group, type Item, item, run } from "#contract/run";
import type { WindowEnd } from "#platform/rpc";
import type { LiveTexts } from "./live-texts.ts";
import type { ConversationStore } from "./store.ts";

const MAX_ENTRIES = 80;
/** Leaves room for the head and for the frame around it. */
const BUDGET = Math.floor(LIMITS.snapshotBytes * 0.7);

/**
 * The head and the newest part of the transcript, or the part before `before`; at most 1 MiB. An entry is a message or a
 * run with its items; whole entries come first. Of a run that is too big alone the newest items come; the window that
 * ends at `fromSeq` and `fromItemSeq` begins with the rest of it.
 */
export function snapshotOf(store: ConversationStore, live: LiveTexts, end?: WindowEnd): Snapshot {
  const { head, seq } = store.state;
  if (!head) throw new Error("a conversation that does not exist has no snapshot");
  const picked = pickEntries(store.sql, end ?? { seq: Number.MAX_SAFE_INTEGER, itemSeq: null });
  const runIds = picked.runs.map((one) => one.id);
  const groups = runIds.flatMap((id) => bodies(store.sql, "SELECT body FROM groups WHERE run_id = ? ORDER BY seq", id));
  return {
    seq,
    head,
    messages: picked.messages.map((body) => message.parse(body)),
    runs: picked.runs.map((one) => run.parse(one.body)),
    groups: groups.map((body) => group.parse(body)),
    items: picked.items.map((one) => ({ ...one, text: live.get(one.id) ?? one.text })),
    fromSeq: picked.fromSeq,
    fromItemSeq: picked.fromItemSeq,
  };
}

interface Picked {
  messages: unknown[];
  runs: { id: string; body: unknown }[];
  items: Item[];
  fromSeq: number;
  fromItemSeq: number | null;
}

function pickEntries(sql: SqlStorage, end: WindowEnd): Picked {
  const rows = sql
    .exec(
      `SELECT 'message' AS kind, id, seq, body FROM messages WHERE seq < ?1
       UNION ALL SELECT 'run', id, seq, body FROM runs WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2`,
      end.seq,
      MAX_ENTRIES + 1,
    )
    .toArray();
  const picked: Picked = { messages: [], runs: [], items: [], fromSeq: 1, fromItemSeq: null };
  let room = BUDGET;
  let taken = 0;
  for (const row of rows.slice(0, MAX_ENTRIES)) {
    const first = taken === 0;
    const bounds = first ? { itemsBefore: end.itemSeq, room } : { itemsBefore: null, room: Number.POSITIVE_INFINITY };
    const entry = entryOf(sql, row, bounds);
    if (entry.size > room && taken > 0) break;
    room -= entry.size;
    taken += 1;
    picked.fromSeq = entry.seq;
    add(picked, entry);
    if (entry.cutAt !== null) return { ...picked, fromSeq: entry.seq + 1, fromItemSeq: entry.cutAt };
  }
  return { ...picked, fromSeq: taken === rows.length ? 1 : picked.fromSeq };
}

interface Entry {
  kind: string;
  id: string;
  body: unknown;
  items: Item[];
  size: number;
  seq: number;
  /** Where some of its items did not fit: the seq of the first that did. */
  cutAt: number | null;
}

interface Bounds {
  itemsBefore: number | null;
  room: number;
}

function entryOf(sql: SqlStorage, row: Record<string, SqlStorageValue>, bounds: Bounds): Entry {
  const { items, cutAt } = row.kind === "run" ? itemsWithin(sql, String(row.id), bounds) : { items: [], cutAt: null };
  const text = String(row.body);
  return {
    kind: String(row.kind),
    id: String(row.id),
    body: JSON.parse(text),
    items: items.map((one) => one.item),
    size: items.reduce((sum, one) => sum + one.size, text.length),
    seq: Number(row.seq),
    cutAt,
  };
}

function add(picked: Picked, entry: Entry): void {
  if (entry.kind === "message") picked.messages.unshift(entry.body);
  else picked.runs.unshift({ id: entry.id, body: entry.body });
  picked.items.unshift(...entry.items);
}

/** A run's items in order: the newest that fit, and where others were left out the seq they begin at. */
function itemsWithin(sql: SqlStorage, runId: string, { itemsBefore, room }: Bounds) {
  const end = itemsBefore ?? Number.MAX_SAFE_INTEGER;
  const items: { item: Item; size: number }[] = [];
  let left = room;
  for (const row of sql.exec(
    "SELECT seq, body FROM items WHERE run_id = ? AND seq < ? ORDER BY seq DESC",
    runId,
    end,
  )) {
    const text = String(row.body);
    left -= text.length;
    const oldest = items[0]?.item;
    if (left < 0 && oldest) return { items, cutAt: oldest.seq };
    items.unshift({ item: item.parse(JSON.parse(text)), size: text.length });
  }
  return { items, cutAt: null };
}

function bodies(sql: SqlStorage, query: string, id: string): unknown[] {
  return sql
    .exec(query, id)
    .toArray()
    .map((row) => JSON.parse(String(row.body)));
}
