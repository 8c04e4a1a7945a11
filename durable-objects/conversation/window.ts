import type { Snapshot } from "#contract/conversation";
import { LIMITS } from "#contract/limits";
import { message } from "#contract/message";
import { group, type Item, item, run } from "#contract/run";
import type { LiveTexts } from "./live-texts.ts";
import type { ConversationStore } from "./store.ts";

const MAX_ENTRIES = 80;
/** Leaves room for the head and for the frame around it. */
const BUDGET = Math.floor(LIMITS.snapshotBytes * 0.7);

/**
 * The head and the newest part of the transcript, or the part before `before`; at most 1 MiB. An entry is a message or a
 * run with its items; whole entries come first, and of one that is too big alone only the newest items.
 */
export function snapshotOf(store: ConversationStore, live: LiveTexts, before?: number): Snapshot {
  const { head, seq } = store.state;
  if (!head) throw new Error("a conversation that does not exist has no snapshot");
  const picked = pickEntries(store.sql, before ?? Number.MAX_SAFE_INTEGER);
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
  };
}

interface Picked {
  messages: unknown[];
  runs: { id: string; body: unknown }[];
  items: Item[];
  fromSeq: number;
}

function pickEntries(sql: SqlStorage, before: number): Picked {
  const rows = sql
    .exec(
      `SELECT 'message' AS kind, id, seq, body FROM messages WHERE seq < ?1
       UNION ALL SELECT 'run', id, seq, body FROM runs WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2`,
      before,
      MAX_ENTRIES + 1,
    )
    .toArray();
  const picked: Picked = { messages: [], runs: [], items: [], fromSeq: 1 };
  let room = BUDGET;
  let taken = 0;
  for (const row of rows.slice(0, MAX_ENTRIES)) {
    const entry = entryOf(sql, row, taken === 0 ? room : Number.POSITIVE_INFINITY);
    if (entry.size > room && taken > 0) break;
    room -= entry.size;
    taken += 1;
    picked.fromSeq = entry.seq;
    add(picked, entry);
  }
  return { ...picked, fromSeq: taken === rows.length ? 1 : picked.fromSeq };
}

interface Entry {
  kind: string;
  id: string;
  seq: number;
  body: unknown;
  items: Item[];
  size: number;
}

function entryOf(sql: SqlStorage, row: Record<string, SqlStorageValue>, room: number): Entry {
  const items = row.kind === "run" ? itemsWithin(sql, String(row.id), room) : [];
  const text = String(row.body);
  return {
    kind: String(row.kind),
    id: String(row.id),
    seq: Number(row.seq),
    body: JSON.parse(text),
    items: items.map((one) => one.item),
    size: items.reduce((sum, one) => sum + one.size, text.length),
  };
}

function add(picked: Picked, entry: Entry): void {
  if (entry.kind === "message") picked.messages.unshift(entry.body);
  else picked.runs.unshift({ id: entry.id, body: entry.body });
  picked.items.unshift(...entry.items);
}

/** A run's items in order, the newest that fit. */
function itemsWithin(sql: SqlStorage, runId: string, room: number): { item: Item; size: number }[] {
  const found: { item: Item; size: number }[] = [];
  let left = room;
  for (const row of sql.exec("SELECT body FROM items WHERE run_id = ? ORDER BY seq DESC", runId)) {
    const text = String(row.body);
    left -= text.length;
    if (left < 0) break;
    found.unshift({ item: item.parse(JSON.parse(text)), size: text.length });
  }
  return found;
}

function bodies(sql: SqlStorage, query: string, id: string): unknown[] {
  return sql
    .exec(query, id)
    .toArray()
    .map((row) => JSON.parse(String(row.body)));
}
