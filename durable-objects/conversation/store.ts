import type { z } from "zod";
import { type CommandResult, commandResult } from "#contract/command";
import { conversationHead } from "#contract/conversation";
import { type Envelope, type Event, envelope } from "#contract/event";
import type { Actor } from "#contract/member";
import { message } from "#contract/message";
import { group, type Item, item, run } from "#contract/run";
import type { ReportView } from "#domain/conversation/decide-report";
import { type ConversationState, evolve } from "#domain/conversation/evolve";
import { EMPTY_DIGEST, type IndexDigest, indexDigest, indexed } from "#domain/conversation/index-digest";
import { EntityMap } from "./entity-map.ts";

type Table = "messages" | "runs" | "groups" | "items";
const SCHEMAS = { messages: message, runs: run, groups: group, items: item } as const;

/** The object's database: the log, its projections, and the live state folded from it. Synchronous throughout. */
export class ConversationStore {
  readonly sql: SqlStorage;
  /** `head` is null until the conversation is created. */
  readonly state: ConversationState;
  digest: IndexDigest = EMPTY_DIGEST;
  readonly #maps;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    this.#maps = {
      messages: new EntityMap((id) => this.#load("messages", id)),
      runs: new EntityMap((id) => this.#load("runs", id)),
      groups: new EntityMap((id) => this.#load("groups", id)),
      items: new EntityMap((id) => this.#load("items", id)),
    };
    this.state = { seq: 0, head: null, fromSeq: 1, fromItemSeq: null, ...this.#maps };
  }

  /** Whether the object holds a conversation. It writes nothing, so that a probe of an unknown id leaves no trace. */
  static exists(sql: SqlStorage): boolean {
    return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'events'").toArray().length > 0;
  }

  /** The org the conversation was made for. */
  static orgOf(sql: SqlStorage): string {
    return String(sql.exec("SELECT body FROM meta WHERE name = 'org'").toArray()[0]?.body ?? "");
  }

  /** Notes the org at the first call; later ones change nothing. */
  static keepOrg(sql: SqlStorage, orgId: string): void {
    sql.exec("INSERT OR IGNORE INTO meta (name, body) VALUES ('org', ?)", orgId);
  }

  /** Brings the state in memory to what is stored: at a wake, and after a transaction that failed. */
  reload(): void {
    for (const map of Object.values(this.#maps)) map.forget();
    this.state.seq = Number(this.sql.exec("SELECT COALESCE(MAX(seq), 0) AS seq FROM events").one().seq);
    this.state.head = this.#meta("head", conversationHead);
    this.digest = this.#meta("digest", indexDigest) ?? EMPTY_DIGEST;
  }

  /** Appends events to the log and folds them; to be called inside a transaction. */
  append(events: Event[], by: Actor, at: string): Envelope[] {
    const { head } = this.state;
    const envelopes = events.map((one, index): Envelope => {
      const conversationId = one.type === "conversation.created" ? one.head.id : (head?.id ?? "");
      const runId = runIdOf(one);
      const seq = this.state.seq + index + 1;
      return { seq, at, conversationId, by, ...(runId ? { runId } : {}), event: one };
    });
    this.adopt(envelopes.map((one) => ({ seq: one.seq, type: one.event.type, body: JSON.stringify(one), known: one })));
    return envelopes;
  }

  /** Stores envelopes that exist, and folds those of types this version knows; to be called inside a transaction. */
  adopt(stored: { seq: number; type: string; body: string; known: Envelope | undefined }[]): void {
    const before = { head: this.state.head, digest: this.digest };
    for (const { seq, type, body, known } of stored) {
      this.sql.exec("INSERT INTO events (seq, type, body) VALUES (?, ?, ?)", seq, type, body);
      this.state.seq = known ? this.state.seq : seq;
      if (known === undefined) continue;
      evolve(this.state, known);
      this.digest = indexed(this.digest, known);
    }
    this.#write(before);
  }

  /** Writes what the fold replaced: head and digest are the same objects where an event leaves them as they were. */
  #write(before: { head: ConversationState["head"]; digest: IndexDigest }): void {
    if (this.state.head !== before.head) this.#setMeta("head", this.state.head);
    if (this.digest !== before.digest) this.#setMeta("digest", this.digest);
    for (const one of this.#maps.messages.takeWritten()) this.#put("messages", one);
    for (const one of this.#maps.runs.takeWritten()) this.#put("runs", one);
    for (const one of this.#maps.groups.takeWritten()) {
      this.sql.exec(
        "INSERT INTO groups (id, run_id, seq, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET body = ?4",
        one.id,
        one.runId,
        one.seq,
        JSON.stringify(one),
      );
    }
    for (const one of this.#maps.items.takeWritten()) this.#putItem(one);
  }

  #put(table: "messages" | "runs", row: { id: string; seq: number }): void {
    this.sql.exec(
      `INSERT INTO ${table} (id, seq, body) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET body = ?3`,
      row.id,
      row.seq,
      JSON.stringify(row),
    );
  }

  #putItem(row: Item): void {
    this.sql.exec(
      `INSERT INTO items (id, run_id, seq, open, body) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (id) DO UPDATE SET open = ?4, body = ?5`,
      row.id,
      row.runId,
      row.seq,
      row.status === "in_progress" ? 1 : 0,
      JSON.stringify(row),
    );
  }

  /** Stored envelopes, ascending; types this version does not know are skipped. */
  events(range: { after: number; before?: number; limit: number; newest?: boolean }): Envelope[] {
    const before = range.before ?? Number.MAX_SAFE_INTEGER;
    const order = range.newest ? "DESC" : "ASC";
    const rows = this.sql
      .exec(
        `SELECT body FROM events WHERE seq > ? AND seq < ? ORDER BY seq ${order} LIMIT ?`,
        range.after,
        before,
        range.limit,
      )
      .toArray();
    const parsed = rows.map((row) => envelope.safeParse(JSON.parse(String(row.body))).data);
    const known = parsed.filter((one) => one !== undefined);
    return range.newest ? known.reverse() : known;
  }

  /** Runs, newest first. */
  runs(limit: number) {
    return this.#many("runs", "SELECT body FROM runs ORDER BY seq DESC LIMIT ?", limit);
  }

  itemsOfRun(runId: string): Item[] {
    return this.#many("items", "SELECT body FROM items WHERE run_id = ? ORDER BY seq", runId);
  }

  openItemsOfRun(runId: string): Item[] {
    return this.#many("items", "SELECT body FROM items WHERE run_id = ? AND open = 1 ORDER BY seq", runId);
  }

  /** What decisions read, with the texts of growing items as `textOf` knows them. */
  view(textOf: (itemId: string) => string | undefined): ReportView {
    const { state } = this;
    if (!state.head) throw new Error("a conversation that does not exist has no view");
    return {
      seq: state.seq,
      head: state.head,
      message: (id) => state.messages.get(id),
      run: (id) => state.runs.get(id),
      item: (id) => state.items.get(id),
      hasGroup: (id) => state.groups.has(id),
      openItems: (runId) => this.openItemsOfRun(runId).map((one) => ({ ...one, text: textOf(one.id) ?? one.text })),
    };
  }

  /** The first result of a member's command, or null when it is new. */
  resultOf(memberId: string, clientId: string): CommandResult | null {
    const row = this.sql
      .exec("SELECT result FROM commands WHERE member_id = ? AND client_id = ?", memberId, clientId)
      .toArray()[0];
    return row ? (commandResult.safeParse(JSON.parse(String(row.result))).data ?? null) : null;
  }

  keepResult(memberId: string, clientId: string, result: CommandResult): void {
    this.sql.exec(
      "INSERT INTO commands (member_id, client_id, result) VALUES (?, ?, ?)",
      memberId,
      clientId,
      JSON.stringify(result),
    );
  }

  /** The number of the last report of a run that is stored; 0 before the first. */
  reportCursor(runId: string): number {
    const row = this.sql.exec("SELECT n FROM report_cursors WHERE run_id = ?", runId).toArray()[0];
    return row ? Number(row.n) : 0;
  }

  setReportCursor(runId: string, n: number): void {
    this.sql.exec("INSERT INTO report_cursors (run_id, n) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET n = ?2", runId, n);
  }

  /** Notes a model call; false where it is known already. */
  noteUsageCall(callId: string): boolean {
    return (
      this.sql.exec("INSERT OR IGNORE INTO usage_calls (call_id) VALUES (?) RETURNING 1", callId).toArray().length > 0
    );
  }

  #many<T extends Table>(table: T, query: string, ...bindings: (string | number)[]): z.infer<(typeof SCHEMAS)[T]>[] {
    const rows = this.sql.exec(query, ...bindings).toArray();
    return rows
      .map((row) => SCHEMAS[table].safeParse(JSON.parse(String(row.body))).data)
      .filter((one) => one !== undefined) as z.infer<(typeof SCHEMAS)[T]>[];
  }

  #load<T extends Table>(table: T, id: string): z.infer<(typeof SCHEMAS)[T]> | undefined {
    return this.#many(table, `SELECT body FROM ${table} WHERE id = ?`, id)[0];
  }

  #meta<S extends z.ZodType>(name: string, schema: S): z.infer<S> | null {
    const row = this.sql.exec("SELECT body FROM meta WHERE name = ?", name).toArray()[0];
    return row ? (schema.safeParse(JSON.parse(String(row.body))).data ?? null) : null;
  }

  #setMeta(name: string, value: unknown): void {
    this.sql.exec(
      "INSERT INTO meta (name, body) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET body = ?2",
      name,
      JSON.stringify(value),
    );
  }
}

function runIdOf(one: Event): string | undefined {
  if ("runId" in one && typeof one.runId === "string") return one.runId;
  if ("run" in one) return one.run.id;
  if ("item" in one) return one.item.runId;
  if ("group" in one) return one.group.runId;
  if ("approval" in one) return one.approval.runId;
  return "question" in one ? one.question.runId : undefined;
}
