import {
  type AuditCheckpoint,
  type AuditQuery,
  type AuditRecord,
  auditCheckpoint,
  auditEntry,
  type ChainedEntry,
} from "#contract/audit";
import type { Page } from "#contract/page";
import { auditOriginDigest, linkDigest } from "#domain/conversation/export-chain";
import { chainTools } from "#platform/chain-tools";
import type { LogPage, LogRange } from "#platform/rpc";

/** Characters of entries in one page of an export. */
const PAGE_CHARS = 512 * 1024;

type Row = Record<string, SqlStorageValue>;

/** An entry with its place in the chain. */
export interface Linked {
  entry: AuditRecord & { seq: number };
  digest: string;
  key: string | null;
}

/** Gives a record its place after `last`. */
export async function link(record: AuditRecord, last: AuditCheckpoint, key: string | null): Promise<Linked> {
  const entry = { ...record, seq: last.seq + 1 };
  return { entry, digest: await linkDigest(last.digest, entry, chainTools), key };
}

/** The entries of one org, each bound to the one before it. Synchronous throughout. */
export class AuditStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Whether the object holds a log. It writes nothing. */
  static exists(sql: SqlStorage): boolean {
    return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'entries'").toArray().length > 0;
  }

  get orgId(): string | null {
    return this.#meta("org");
  }

  /** Begins the log of an org; a log that has begun stays that org's. */
  async begin(orgId: string): Promise<void> {
    const origin: AuditCheckpoint = { seq: 0, digest: await auditOriginDigest(orgId, chainTools) };
    if (this.orgId !== null) return;
    this.#setMeta("checkpoint", JSON.stringify(origin));
    this.#setMeta("org", orgId);
  }

  get retentionDays(): number {
    return Number(this.#meta("retentionDays") ?? 0);
  }

  setRetentionDays(days: number): void {
    this.#setMeta("retentionDays", String(days));
  }

  /** What the first stored entry follows from. */
  get checkpoint(): AuditCheckpoint {
    return auditCheckpoint.parse(JSON.parse(this.#meta("checkpoint") ?? "null"));
  }

  /** The last entry's place, the checkpoint's where there is none. */
  get head(): AuditCheckpoint {
    const row = this.#sql.exec("SELECT seq, digest FROM entries ORDER BY seq DESC LIMIT 1").toArray()[0];
    return row ? { seq: Number(row.seq), digest: String(row.digest) } : this.checkpoint;
  }

  /** The seq of the entry that was stored under a key, or null. */
  seqOf(key: string): number | null {
    const row = this.#sql.exec("SELECT seq FROM entries WHERE key = ?", key).toArray()[0];
    return row ? Number(row.seq) : null;
  }

  /** Writes linked entries; to be called inside a transaction, and only with those that follow `head`. */
  write(linked: Linked[]): void {
    for (const { entry, digest, key } of linked) {
      this.#sql.exec(
        "INSERT INTO entries (seq, at, actor, action, target, key, digest, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        entry.seq,
        Date.parse(entry.at),
        entry.actor.memberId,
        entry.action,
        entry.target,
        key,
        digest,
        chainTools.canonical(entry),
      );
    }
  }

  /** Entries that fit, newest first. The cursor is the seq of the last one. */
  page(query: AuditQuery): Page<ChainedEntry> {
    const { where, bindings } = conditionsOf(query);
    const rows = this.#sql
      .exec(`${SELECT} WHERE ${where} ORDER BY seq DESC LIMIT ?`, ...bindings, query.limit + 1)
      .toArray();
    const items = rows.slice(0, query.limit).map((row) => this.#chained(row));
    return { items, nextCursor: rows.length > query.limit ? String(items.at(-1)?.seq) : null };
  }

  /** Stored lines after a seq, as the JSON of `ExportLine`; at least one while there are any. */
  lines({ after, upTo }: LogRange): LogPage {
    const bodies: string[] = [];
    let chars = 0;
    let next = after;
    for (const row of this.#sql.exec(`${SELECT} WHERE seq > ? AND seq <= ? ORDER BY seq`, after, upTo)) {
      next = Number(row.seq);
      const line = { seq: next, prev: this.#prevOf(row), digest: String(row.digest), envelope: bodyOf(row) };
      bodies.push(JSON.stringify(line));
      chars += String(row.body).length;
      if (chars >= PAGE_CHARS) break;
    }
    return { bodies, next };
  }

  /**
   * Removes what is older than `atMs`, from the beginning up to the first entry that is not. The checkpoint moves to the last
   * one removed. Answers how many there were.
   */
  prune(atMs: number): number {
    const kept = this.#sql.exec("SELECT MIN(seq) AS seq FROM entries WHERE at >= ?", atMs).one().seq;
    const first = kept === null ? this.head.seq + 1 : Number(kept);
    const last = this.#sql.exec("SELECT seq, digest FROM entries WHERE seq < ? ORDER BY seq DESC LIMIT 1", first);
    const row = last.toArray()[0];
    if (!row) return 0;
    this.#setMeta("checkpoint", JSON.stringify({ seq: Number(row.seq), digest: String(row.digest) }));
    return this.#sql.exec("DELETE FROM entries WHERE seq < ? RETURNING seq", first).toArray().length;
  }

  /** When the oldest entry is of, in ms; null where there is none. */
  oldestAt(): number | null {
    const at = this.#sql.exec("SELECT MIN(at) AS at FROM entries").one().at;
    return at === null ? null : Number(at);
  }

  #chained(row: Row): ChainedEntry {
    return { ...auditEntry.parse(bodyOf(row)), prev: this.#prevOf(row), digest: String(row.digest) };
  }

  #prevOf(row: Row): string {
    return row.prev === null ? this.checkpoint.digest : String(row.prev);
  }

  #meta(name: string): string | null {
    const row = this.#sql.exec("SELECT body FROM meta WHERE name = ?", name).toArray()[0];
    return row ? String(row.body) : null;
  }

  #setMeta(name: string, body: string): void {
    this.#sql.exec(
      "INSERT INTO meta (name, body) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET body = ?2",
      name,
      body,
    );
  }
}

const SELECT =
  "SELECT seq, digest, body, (SELECT digest FROM entries AS earlier WHERE earlier.seq = entries.seq - 1) AS prev FROM entries";

function bodyOf(row: Row): { seq: number } {
  return JSON.parse(String(row.body));
}

function conditionsOf(query: AuditQuery): { where: string; bindings: (string | number)[] } {
  const conditions: [string, string | number | undefined][] = [
    ["seq < ?", query.cursor === undefined ? undefined : Number(query.cursor)],
    ["actor = ?", query.actor],
    ["action >= ?", query.action],
    ["action < ?", query.action === undefined ? undefined : `${query.action}\u{10ffff}`],
    ["target = ?", query.target],
    ["at >= ?", query.from === undefined ? undefined : Date.parse(query.from)],
    ["at < ?", query.to === undefined ? undefined : Date.parse(query.to)],
  ];
  const given = conditions.filter(([, value]) => value !== undefined) as [string, string | number][];
  return {
    where: ["1", ...given.map(([condition]) => condition)].join(" AND "),
    bindings: given.map(([, value]) => value),
  };
}
