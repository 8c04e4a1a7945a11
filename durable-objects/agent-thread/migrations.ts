import type { Migration } from "../kit/migrate.ts";

/** The thread's schema, oldest step first. */
export const MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    run_order TEXT NOT NULL,
    phase TEXT NOT NULL,
    steps INTEGER NOT NULL DEFAULT 0,
    resumptions INTEGER NOT NULL DEFAULT 0,
    group_id TEXT,
    next_n INTEGER NOT NULL DEFAULT 1,
    acked_n INTEGER NOT NULL DEFAULT 0,
    worked_ms INTEGER NOT NULL DEFAULT 0,
    working_since INTEGER
  );
  CREATE TABLE outbox (
    run_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (run_id, n)
  );
  CREATE TABLE items (
    item_id TEXT PRIMARY KEY,
    run_id TEXT NOT NULL,
    item TEXT NOT NULL
  );
  CREATE TABLE messages (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL,
    message TEXT NOT NULL
  );
  CREATE TABLE calls (
    run_id TEXT NOT NULL,
    step INTEGER NOT NULL,
    position INTEGER NOT NULL,
    tool_call_id TEXT NOT NULL,
    tool TEXT NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL,
    item_id TEXT,
    ask_id TEXT,
    result TEXT,
    PRIMARY KEY (run_id, step, position)
  );
  CREATE TABLE steers (
    message_id TEXT PRIMARY KEY,
    run_id TEXT NOT NULL,
    text TEXT NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE allowed (
    tool TEXT NOT NULL,
    pattern TEXT NOT NULL,
    PRIMARY KEY (tool, pattern)
  );
  `,
  `
  CREATE TABLE exchanges (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL,
    request TEXT NOT NULL,
    refs TEXT NOT NULL,
    response TEXT NOT NULL,
    at TEXT NOT NULL,
    ms INTEGER NOT NULL
  );
  CREATE INDEX exchanges_run ON exchanges (run_id, n);
  CREATE TABLE blobs (digest TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  CREATE TABLE opencode_thread (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  );
  CREATE TABLE opencode_parts (
    run_id TEXT NOT NULL,
    part_key TEXT NOT NULL,
    id TEXT NOT NULL,
    group_id TEXT,
    ended INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, part_key)
  );
  CREATE TABLE opencode_prompts (
    run_id TEXT NOT NULL,
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, key)
  );
  CREATE TABLE opencode_asks (
    run_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    part_key TEXT NOT NULL,
    replied INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, request_id)
  );
  CREATE TABLE opencode_grants (
    run_id TEXT NOT NULL,
    digest TEXT NOT NULL
  );
  `,
  `
  CREATE TABLE compactions (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL,
    upto INTEGER NOT NULL,
    summary TEXT
  );
  ALTER TABLE runs ADD COLUMN context_tokens INTEGER;
  `,
];
