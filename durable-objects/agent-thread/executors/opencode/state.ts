import { z } from "zod";
import type { ThreadStore } from "../../store.ts";

/** An OpenCode part or message, and the item or group it became. */
export interface Kept {
  id: string;
  groupId: string | null;
  ended: boolean;
}

/** Something to say to the session, named within the run. */
export interface Prompt {
  key: string;
  text: string;
  sent: boolean;
}

/** A permission or question of OpenCode that a person must answer; its calls are rows of `calls`. */
export interface OpenAsk {
  requestId: string;
  kind: "permission" | "question";
  key: string;
}

const keptRow = z.object({ id: z.string(), group_id: z.string().nullable(), ended: z.number() });
const promptRow = z.object({ key: z.string(), text: z.string(), sent: z.number() });
const askRow = z.object({ request_id: z.string(), kind: z.enum(["permission", "question"]), part_key: z.string() });
const steerRow = z.object({ message_id: z.string(), text: z.string() });

/** What the executor must not lose of one run, and the session of the thread. Reads parse; writes are one commit with the caller's. */
export class OpenCodeState {
  readonly #store: ThreadStore;
  readonly #runId: string;

  constructor(store: ThreadStore, runId: string) {
    this.#store = store;
    this.#runId = runId;
  }

  get #sql(): SqlStorage {
    return this.#store.sql;
  }

  /** The session that every run of this thread goes on in. */
  session(): string | null {
    const row = this.#sql.exec("SELECT value FROM opencode_thread WHERE name = 'session'").toArray()[0];
    return row ? String(row.value) : null;
  }

  keepSession(id: string): void {
    this.#sql.exec(
      "INSERT INTO opencode_thread (name, value) VALUES ('session', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      id,
    );
  }

  /** Whether a session knows a run. */
  hasHeard(sessionId: string, runId: string): boolean {
    const name = `heard:${sessionId}:${runId}`;
    return this.#sql.exec("SELECT 1 FROM opencode_thread WHERE name = ?", name).toArray().length > 0;
  }

  hear(sessionId: string, runIds: readonly string[]): void {
    for (const runId of runIds) {
      const name = `heard:${sessionId}:${runId}`;
      this.#sql.exec("INSERT INTO opencode_thread (name, value) VALUES (?, '') ON CONFLICT DO NOTHING", name);
    }
  }

  kept(key: string): Kept | null {
    const row = this.#sql
      .exec("SELECT id, group_id, ended FROM opencode_parts WHERE run_id = ? AND part_key = ?", this.#runId, key)
      .toArray()[0];
    if (!row) return null;
    const { id, group_id, ended } = keptRow.parse(row);
    return { id, groupId: group_id, ended: ended === 1 };
  }

  keep(key: string, kept: Pick<Kept, "id" | "groupId">): void {
    this.#sql.exec(
      "INSERT INTO opencode_parts (run_id, part_key, id, group_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      this.#runId,
      key,
      kept.id,
      kept.groupId,
    );
  }

  end(key: string): void {
    this.#sql.exec("UPDATE opencode_parts SET ended = 1 WHERE run_id = ? AND part_key = ?", this.#runId, key);
  }

  /** Adds what people said meanwhile to what is to be said, in order. */
  takeSteers(): void {
    const rows = this.#sql
      .exec("SELECT message_id, text FROM steers WHERE run_id = ? AND used = 0 ORDER BY rowid", this.#runId)
      .toArray()
      .map((row) => steerRow.parse(row));
    for (const row of rows) this.addPrompt(row.message_id, row.text);
    this.#sql.exec("UPDATE steers SET used = 1 WHERE run_id = ?", this.#runId);
  }

  addPrompt(key: string, text: string): void {
    this.#sql.exec(
      "INSERT INTO opencode_prompts (run_id, key, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      this.#runId,
      key,
      text,
    );
  }

  prompts(): Prompt[] {
    return this.#sql
      .exec("SELECT key, text, sent FROM opencode_prompts WHERE run_id = ? ORDER BY rowid", this.#runId)
      .toArray()
      .map((row) => {
        const { sent, ...rest } = promptRow.parse(row);
        return { ...rest, sent: sent === 1 };
      });
  }

  promptSent(key: string): void {
    this.#sql.exec("UPDATE opencode_prompts SET sent = 1 WHERE run_id = ? AND key = ?", this.#runId, key);
  }

  addAsk(ask: OpenAsk): void {
    this.#sql.exec(
      "INSERT INTO opencode_asks (run_id, request_id, kind, part_key) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      this.#runId,
      ask.requestId,
      ask.kind,
      ask.key,
    );
  }

  knowsAsk(requestId: string): boolean {
    return (
      this.#sql
        .exec("SELECT 1 FROM opencode_asks WHERE run_id = ? AND request_id = ?", this.#runId, requestId)
        .toArray().length > 0
    );
  }

  /** What OpenCode has not been answered yet. */
  openAsks(): OpenAsk[] {
    return this.#sql
      .exec("SELECT request_id, kind, part_key FROM opencode_asks WHERE run_id = ? AND replied = 0", this.#runId)
      .toArray()
      .map((row) => {
        const { request_id, kind, part_key } = askRow.parse(row);
        return { requestId: request_id, kind, key: part_key };
      });
  }

  askReplied(requestId: string): void {
    this.#sql.exec("UPDATE opencode_asks SET replied = 1 WHERE run_id = ? AND request_id = ?", this.#runId, requestId);
  }

  /** A person allowed exactly this call before OpenCode lost it: it passes once. */
  grant(digest: string): void {
    this.#sql.exec("INSERT INTO opencode_grants (run_id, digest) VALUES (?, ?)", this.#runId, digest);
  }

  takeGrant(digest: string): boolean {
    const row = this.#sql
      .exec("SELECT rowid AS n FROM opencode_grants WHERE run_id = ? AND digest = ? LIMIT 1", this.#runId, digest)
      .toArray()[0];
    if (!row) return false;
    this.#sql.exec("DELETE FROM opencode_grants WHERE rowid = ?", Number(row.n));
    return true;
  }
}
