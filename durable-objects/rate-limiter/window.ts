import type { RateState, RateWindow } from "#platform/rate-limit";

/** One bucket: the times of what was let through, each kept until it has left the window. */
export class SlidingWindow {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS hits (n INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL)");
  }

  /** Lets one more through, unless `max` were let through within the last `windowS` seconds. What is refused does not count. */
  take({ max, windowS }: RateWindow, nowMs: number): RateState {
    const windowMs = windowS * 1000;
    this.#sql.exec("DELETE FROM hits WHERE at <= ?", nowMs - windowMs);
    const { n, oldest } = this.#sql.exec("SELECT COUNT(*) AS n, MIN(at) AS oldest FROM hits").one();
    const allowed = Number(n) < max;
    if (allowed) this.#sql.exec("INSERT INTO hits (at) VALUES (?)", nowMs);
    const first = oldest === null ? nowMs : Number(oldest);
    const resetS = Math.max(1, Math.ceil((first + windowMs - nowMs) / 1000));
    return { allowed, remaining: Math.max(0, max - Number(n) - (allowed ? 1 : 0)), resetS };
  }
}
