import { z } from "zod";
import type { RunClock } from "./watch.ts";

const stored = z.object({ runId: z.string(), sinceMs: z.number(), heardMs: z.number() });
/** What was heard is stored this much behind at the most: a run that reports all the time is not a write each time. */
const STORE_MS = 15_000;

/** Since when the active run works and when it was last heard of, kept so that a sleep between two looks resets neither. */
export class KeptRunClock {
  readonly #sql: SqlStorage;
  #clock: RunClock | null = null;
  #storedHeardMs = 0;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get current(): RunClock | null {
    return this.#clock;
  }

  /** Brings memory to what is stored. An active run without a stored clock begins to be watched now. */
  reload(activeRunId: string | null, nowMs: number): void {
    const row = this.#sql.exec("SELECT body FROM meta WHERE name = 'clock'").toArray()[0];
    const known = row ? stored.safeParse(JSON.parse(String(row.body))).data : undefined;
    if (activeRunId === null) this.#clock = null;
    else if (known?.runId !== activeRunId) this.start(activeRunId, nowMs);
    else if (this.#clock?.runId !== activeRunId) this.#clock = known;
    this.#storedHeardMs = known?.heardMs ?? this.#storedHeardMs;
  }

  /** The run begins to work, or goes on after a wait. */
  start(runId: string, nowMs: number): void {
    this.#clock = { runId, sinceMs: nowMs, heardMs: nowMs };
    this.#store();
  }

  heard(runId: string, nowMs: number): void {
    if (this.#clock?.runId !== runId) return;
    this.#clock.heardMs = nowMs;
    if (nowMs - this.#storedHeardMs >= STORE_MS) this.#store();
  }

  stop(runId: string): void {
    if (this.#clock?.runId === runId) this.#clock = null;
  }

  #store(): void {
    const body = JSON.stringify(this.#clock);
    this.#storedHeardMs = this.#clock?.heardMs ?? 0;
    this.#sql.exec("INSERT INTO meta (name, body) VALUES ('clock', ?1) ON CONFLICT DO UPDATE SET body = ?1", body);
  }
}
