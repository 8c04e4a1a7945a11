/**
 * Many named deadlines over an object's one alarm slot. A deadline is a row before the slot is armed, and both writes
 * go out together, so an evicted or killed object still wakes for it. Times are milliseconds since the epoch.
 */
export class Alarms {
  readonly #storage: DurableObjectStorage;
  /** What this instance armed last; null where it is not known, as after a wake. */
  #armedAt: number | null = null;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec("CREATE TABLE IF NOT EXISTS deadlines (name TEXT PRIMARY KEY, at INTEGER NOT NULL)");
  }

  /** Sets the deadline of that name, or moves it. */
  set(name: string, atMs: number): void {
    this.#storage.sql.exec(
      "INSERT INTO deadlines (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
      name,
      Math.ceil(atMs),
    );
    this.#arm();
  }

  /** Sets the deadline unless one of that name is earlier. */
  setEarlier(name: string, atMs: number): void {
    const known = this.get(name);
    if (known === null || known > atMs) this.set(name, atMs);
  }

  /** Drops the deadline of that name; an unknown one is no error. */
  clear(name: string): void {
    this.#storage.sql.exec("DELETE FROM deadlines WHERE name = ?", name);
    this.#arm();
  }

  /** When that deadline is, or null. */
  get(name: string): number | null {
    const row = this.#storage.sql.exec("SELECT at FROM deadlines WHERE name = ?", name).toArray()[0];
    return row ? Number(row.at) : null;
  }

  /**
   * The names that are due, earliest first, each once: they are gone afterwards and the slot is armed for the rest. Work
   * that must not be lost sets its deadline again before it begins. To be called from `alarm()`, which may come late or
   * twice.
   */
  due(nowMs: number): string[] {
    const names = this.#storage.sql
      .exec("DELETE FROM deadlines WHERE at <= ? RETURNING name, at", nowMs)
      .toArray()
      .sort((a, b) => Number(a.at) - Number(b.at))
      .map((row) => String(row.name));
    this.#armedAt = null;
    this.#arm();
    return names;
  }

  #arm(): void {
    const row = this.#storage.sql.exec("SELECT MIN(at) AS at FROM deadlines").one();
    const next = row.at === null ? null : Number(row.at);
    if (next === this.#armedAt && next !== null) return;
    this.#armedAt = next;
    if (next === null) void this.#storage.deleteAlarm();
    else void this.#storage.setAlarm(next);
  }
}
