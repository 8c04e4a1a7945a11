import type { Migration } from "../kit/migrate.ts";

/** The object's schema, append-only. `body` is an entry's canonical JSON; the columns beside it are what it is found by. */
export const MIGRATIONS: readonly Migration[] = [
  `CREATE TABLE entries (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT, action TEXT NOT NULL, target TEXT,
     key TEXT, digest TEXT NOT NULL, body TEXT NOT NULL);
   CREATE INDEX entries_at ON entries (at);
   CREATE INDEX entries_actor ON entries (actor, seq);
   CREATE INDEX entries_action ON entries (action, seq);
   CREATE INDEX entries_target ON entries (target, seq);
   CREATE UNIQUE INDEX entries_key ON entries (key) WHERE key IS NOT NULL;
   CREATE TABLE meta (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID`,
];
