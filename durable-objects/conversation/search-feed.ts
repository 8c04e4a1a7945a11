import { type Event, type EventType, envelope } from "#contract/event";
import { writeEntries } from "#data/search";
import type { TenantDb } from "#data/tenant-db";
import { itemEntry, messageEntry, type SearchEntry, titleEntry } from "#domain/search/entries";
import type { ConversationStore } from "./store.ts";

/** What can change what is found. */
const TYPES: EventType[] = [
  "conversation.created",
  "conversation.renamed",
  "message.posted",
  "message.edited",
  "message.deleted",
  "message.range_deleted",
  "item.completed",
];
const BATCH = 100;

/**
 * Brings the search index up to the log. The log itself is what waits: a cursor says how far it was read, and moves only
 * after the batch is stored. Entries are written as they are now, so that doing it again changes nothing.
 */
export async function feedSearch(db: TenantDb, store: ConversationStore): Promise<void> {
  for (let end = false; !end; ) {
    const { head, seq: rev } = store.state;
    if (!head) return;
    const changes = changesAfter(store, cursorOf(store));
    end = changes.length < BATCH;
    const events = changes.map((one) => one.event).filter((one) => one !== undefined);
    const entries = new Map(events.flatMap((one) => entriesOf(store, one)).map((entry) => [entry.seq, entry]));
    await writeEntries(db, { id: head.id, rev }, [...entries.values()]);
    const last = end ? rev : changes.at(-1)?.seq;
    if (last !== undefined) skipSearch(store, last);
  }
}

/** Counts the log up to `seq` as read: what a fork inherits is found where it was said. */
export function skipSearch(store: ConversationStore, seq: number): void {
  store.sql.exec("INSERT INTO meta (name, body) VALUES ('searched', ?1) ON CONFLICT DO UPDATE SET body = ?1", seq);
}

function cursorOf(store: ConversationStore): number {
  return Number(store.sql.exec("SELECT body FROM meta WHERE name = 'searched'").toArray()[0]?.body ?? 0);
}

/** Without an event where this version cannot read it. */
function changesAfter(store: ConversationStore, cursor: number): { seq: number; event: Event | undefined }[] {
  const types = TYPES.map(() => "?").join();
  const query = `SELECT seq, body FROM events WHERE seq > ? AND type IN (${types}) ORDER BY seq LIMIT ${BATCH}`;
  return store.sql
    .exec(query, cursor, ...TYPES)
    .toArray()
    .map((row) => ({
      seq: Number(row.seq),
      event: envelope.safeParse(JSON.parse(String(row.body))).data?.event,
    }));
}

function entriesOf(store: ConversationStore, event: Event): SearchEntry[] {
  const { head, messages, items } = store.state;
  const message = (id: string) => [messages.get(id)].filter((one) => one !== undefined).map(messageEntry);
  switch (event.type) {
    case "conversation.created":
    case "conversation.renamed":
      return head ? [titleEntry(head)] : [];
    case "message.posted":
      return message(event.message.id);
    case "message.edited":
    case "message.deleted":
      return message(event.messageId);
    case "message.range_deleted":
      return idsBetween(store, event.fromSeq, event.toSeq).flatMap(message);
    case "item.completed": {
      const item = items.get(event.item.id);
      const entry = item && itemEntry(item);
      return entry ? [entry] : [];
    }
    default:
      return [];
  }
}

function idsBetween(store: ConversationStore, fromSeq: number, toSeq: number): string[] {
  return store.sql
    .exec("SELECT id FROM messages WHERE seq BETWEEN ? AND ?", fromSeq, toSeq)
    .toArray()
    .map((row) => String(row.id));
}
