/** An effect that waits to be done. `lane` orders it; a later effect with the same `key` replaces an earlier one. */
export interface OutboxEntry<E> {
  id: number;
  lane: string;
  effect: E;
  attempts: number;
}

interface Options<E> {
  parse(json: string): E | null;
  /** Does the effect; it must do nothing when it is done twice. A throw means: again later. */
  perform(effect: E, entry: OutboxEntry<E>): Promise<void>;
  /** Asks for `drain` at that time (ms since the epoch). */
  wakeAt(atMs: number): void;
  onFailure(entry: OutboxEntry<E>, error: unknown): void;
}

const MAX_BACKOFF_MS = 60_000;
const MAX_ATTEMPTS = 40;

/**
 * Effects that must happen, as rows of the transaction that made them necessary: at least once, in order within a lane,
 * lanes side by side. A lane whose head fails waits with back-off; after 40 attempts its head is parked as lost cause
 * and reported through `onFailure`, so that the lane moves on.
 */
export class Outbox<E> {
  readonly #sql: SqlStorage;
  readonly #options: Options<E>;
  readonly #busy = new Map<string, Promise<void>>();
  #closed = false;

  constructor(sql: SqlStorage, options: Options<E>) {
    this.#sql = sql;
    this.#options = options;
  }

  static readonly SCHEMA = `CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, key TEXT, effect TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0, parked INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX outbox_lane ON outbox (parked, lane, id);
    CREATE UNIQUE INDEX outbox_key ON outbox (key) WHERE key IS NOT NULL`;

  /**
   * Adds an effect; to be called inside the transaction that made it necessary. `notBefore` (ms since the epoch) gathers
   * a burst: a replacement keeps the earlier of the two times.
   */
  put(lane: string, effect: E, options: { key?: string; notBefore?: number } = {}): void {
    const { key, notBefore = 0 } = options;
    const replaced =
      key === undefined ? [] : this.#sql.exec("DELETE FROM outbox WHERE key = ? RETURNING next_at", key).toArray();
    const earlier = replaced.map((row) => Number(row.next_at)).filter((at) => at > 0);
    this.#sql.exec(
      "INSERT INTO outbox (lane, key, effect, next_at) VALUES (?, ?, ?, ?)",
      lane,
      key ?? null,
      JSON.stringify(effect),
      Math.min(notBefore, ...earlier),
    );
  }

  /** How many effects wait. */
  get size(): number {
    return Number(this.#sql.exec("SELECT COUNT(*) AS n FROM outbox WHERE parked = 0").one().n);
  }

  /** Whether a lane holds anything that is not done, parked or not. */
  holds(lane: string): boolean {
    return this.#sql.exec("SELECT 1 FROM outbox WHERE lane = ? LIMIT 1", lane).toArray().length > 0;
  }

  /** Performs what is due, lane by lane, until nothing is due any more; arms the wake for the rest. */
  async drain(nowMs: () => number): Promise<void> {
    const lanes = this.#sql.exec("SELECT DISTINCT lane FROM outbox WHERE parked = 0").toArray();
    await Promise.all(lanes.map((row) => this.#drainLane(String(row.lane), nowMs)));
    if (this.#closed) return;
    const next = this.#sql.exec("SELECT MIN(next_at) AS at FROM outbox WHERE parked = 0").one().at;
    if (next !== null) this.#options.wakeAt(Math.max(Number(next), nowMs() + 50));
  }

  /** Begins nothing any more; settles when what was begun is over. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#busy.values());
  }

  async #drainLane(lane: string, nowMs: () => number): Promise<void> {
    if (this.#closed) return;
    const busy = this.#busy.get(lane);
    if (busy) return busy;
    const run = this.#runLane(lane, nowMs).finally(() => this.#busy.delete(lane));
    this.#busy.set(lane, run);
    await run;
  }

  async #runLane(lane: string, nowMs: () => number): Promise<void> {
    for (let entry = this.#head(lane, nowMs()); entry; entry = this.#head(lane, nowMs())) {
      if (!(await this.#attempt(entry, nowMs)) || this.#closed) return;
    }
  }

  #head(lane: string, nowMs: number): (OutboxEntry<E> & { nextAt: number }) | null {
    const row = this.#sql
      .exec("SELECT id, effect, attempts, next_at FROM outbox WHERE parked = 0 AND lane = ? ORDER BY id LIMIT 1", lane)
      .toArray()[0];
    if (!row || Number(row.next_at) > nowMs) return null;
    const effect = this.#options.parse(String(row.effect));
    if (effect === null) {
      this.#sql.exec("DELETE FROM outbox WHERE id = ?", Number(row.id));
      return this.#head(lane, nowMs);
    }
    return { id: Number(row.id), lane, effect, attempts: Number(row.attempts), nextAt: Number(row.next_at) };
  }

  async #attempt(entry: OutboxEntry<E>, nowMs: () => number): Promise<boolean> {
    try {
      await this.#options.perform(entry.effect, entry);
      this.#sql.exec("DELETE FROM outbox WHERE id = ?", entry.id);
      return true;
    } catch (error) {
      const attempts = entry.attempts + 1;
      const nextAt = nowMs() + Math.min(MAX_BACKOFF_MS, 100 * 2 ** Math.min(attempts, 12));
      const parked = attempts >= MAX_ATTEMPTS ? 1 : 0;
      this.#sql.exec(
        "UPDATE outbox SET attempts = ?, next_at = ?, parked = ? WHERE id = ?",
        attempts,
        nextAt,
        parked,
        entry.id,
      );
      this.#options.onFailure({ ...entry, attempts }, error);
      return false;
    }
  }
}
