import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Delta } from "#contract/frame";
import type { Report, ReportFrame } from "#contract/report";
import type { Backend, ViewerSocket } from "./backend.ts";
import { openDurable } from "./node-storage.ts";

export interface LeanOptions {
  /** Absent: nothing is stored. */
  file?: string;
  /** Appends of one turn share a transaction, and a frame's events go out as one message. */
  grouped: boolean;
}

/**
 * The floor: a lean server that parses, stores a row an event, and forwards. It checks nothing, decides nothing, and keeps
 * no state but its log.
 */
export class LeanBackend implements Backend {
  readonly #grouped: boolean;
  readonly #db: DatabaseSync | null;
  readonly #insert: StatementSync | null;
  readonly #viewers = new Set<ViewerSocket>();
  #pending: { body: string; settle(): void }[] = [];
  #seq = 0;

  constructor({ file, grouped }: LeanOptions) {
    this.#grouped = grouped;
    this.#db = file === undefined ? null : openDurable(file);
    this.#db?.exec("CREATE TABLE events (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, body TEXT NOT NULL)");
    this.#insert = this.#db?.prepare("INSERT INTO events (seq, type, body) VALUES (?, ?, ?)") ?? null;
  }

  append(body: string): Promise<void> {
    if (!this.#grouped) {
      this.#store([JSON.parse(body)]);
      return Promise.resolve();
    }
    return new Promise((settle) => {
      this.#pending.push({ body, settle });
      if (this.#pending.length === 1) setTimeout(() => this.#flush(), 0);
    });
  }

  async report(text: string): Promise<string[]> {
    const frame = JSON.parse(text) as ReportFrame;
    const events = this.#store(frame.reports);
    if (this.#grouped && events.length > 0) this.#broadcast({ type: "events", events });
    else for (const one of events) this.#broadcast({ type: "events", events: [one] });
    for (const delta of frame.deltas) this.#broadcast({ type: "delta", ...delta } satisfies Delta);
    return events.length > 0 ? [JSON.stringify({ type: "ack", n: frame.n + events.length - 1 })] : [];
  }

  attach(viewer: ViewerSocket): void {
    this.#viewers.add(viewer);
    viewer.send(JSON.stringify({ type: "hello", seq: this.#seq, live: [] }));
  }

  detach(viewer: ViewerSocket): void {
    this.#viewers.delete(viewer);
  }

  stored(): number {
    if (!this.#db) return this.#seq;
    return Number(this.#db.prepare("SELECT COUNT(*) AS n FROM events").get()?.n);
  }

  #flush(): void {
    const group = this.#pending;
    this.#pending = [];
    this.#store(group.map((one) => JSON.parse(one.body)));
    for (const one of group) one.settle();
  }

  /** One transaction; the events with their numbers. */
  #store(reports: Report[]): { seq: number; event: Report }[] {
    const events = reports.map((event) => {
      this.#seq += 1;
      return { seq: this.#seq, event };
    });
    if (events.length === 0) return events;
    this.#db?.exec("BEGIN");
    for (const one of events) this.#insert?.run(one.seq, one.event.type ?? "usage", JSON.stringify(one));
    this.#db?.exec("COMMIT");
    return events;
  }

  #broadcast(frame: object): void {
    const text = JSON.stringify(frame);
    for (const viewer of this.#viewers) viewer.send(text);
  }
}
