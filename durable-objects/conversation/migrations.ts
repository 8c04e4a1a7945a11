import type { Migration } from "../kit/migrate.ts";
import { Outbox } from "../kit/outbox.ts";

/** The object's schema, append-only. Entities are projections of `events`; `body` is their JSON. */
export const MIGRATIONS: readonly Migration[] = [
  `CREATE TABLE events (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, body TEXT NOT NULL);
   CREATE TABLE meta (name TEXT PRIMARY KEY, body TEXT NOT NULL);
   CREATE TABLE messages (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL);
   CREATE INDEX messages_seq ON messages (seq);
   CREATE TABLE runs (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL);
   CREATE INDEX runs_seq ON runs (seq);
   CREATE TABLE groups (id TEXT PRIMARY KEY, run_id TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL);
   CREATE INDEX groups_run ON groups (run_id, seq);
   CREATE TABLE items (id TEXT PRIMARY KEY, run_id TEXT NOT NULL, seq INTEGER NOT NULL, open INTEGER NOT NULL, body TEXT NOT NULL);
   CREATE INDEX items_run ON items (run_id, seq);
   CREATE INDEX items_open ON items (run_id) WHERE open = 1;
   CREATE TABLE live (item_id TEXT PRIMARY KEY, text TEXT NOT NULL);
   CREATE TABLE commands (member_id TEXT NOT NULL, client_id TEXT NOT NULL, result TEXT NOT NULL, PRIMARY KEY (member_id, client_id)) WITHOUT ROWID;
   CREATE TABLE report_cursors (run_id TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE usage_calls (call_id TEXT PRIMARY KEY) WITHOUT ROWID`,
  Outbox.SCHEMA,
  "CREATE INDEX events_usage ON events (type) WHERE type = 'usage.recorded'",
];
