import { type ModelMessage, modelMessageSchema } from "ai";
import { z } from "zod";
import { type Report, report } from "#contract/report";
import { type ReportedItem, reportedItem } from "#contract/run";
import type { RunOrder } from "#platform/rpc";
import type { AllowedUse } from "./autonomy.ts";
import { runOrder } from "./order.ts";

/** `done`: ended and reported, or about to be. `fenced`: taken away; only a later epoch takes it up again. */
export const runPhase = z.enum(["working", "waiting", "done", "fenced"]);
export type RunPhase = z.infer<typeof runPhase>;

export interface RunRow {
  order: RunOrder;
  epoch: number;
  phase: RunPhase;
  /** Model steps begun. */
  steps: number;
  /** How often the run was taken up again after its loop was lost. */
  resumptions: number;
  /** The open group; null between steps. */
  groupId: string | null;
  nextN: number;
  ackedN: number;
  /** Working time before `workingSince`, waits for people not counted. */
  workedMs: number;
  workingSince: number | null;
  /** The size of the model's window when the run began; null where it is not known. */
  contextTokens: number | null;
}

const COLUMNS = {
  epoch: "epoch",
  phase: "phase",
  steps: "steps",
  resumptions: "resumptions",
  groupId: "group_id",
  ackedN: "acked_n",
  workedMs: "worked_ms",
  workingSince: "working_since",
  contextTokens: "context_tokens",
} as const;
export type RunChange = Partial<Pick<RunRow, keyof typeof COLUMNS>>;

const runRow = z.object({
  run_order: z.string(),
  epoch: z.number(),
  phase: runPhase,
  steps: z.number(),
  resumptions: z.number(),
  group_id: z.string().nullable(),
  next_n: z.number(),
  acked_n: z.number(),
  worked_ms: z.number(),
  working_since: z.number().nullable(),
  context_tokens: z.number().nullable(),
});

export const isOver = (row: Pick<RunRow, "phase">): boolean => row.phase === "done" || row.phase === "fenced";

/** The thread's rows, parsed on every read. All methods are synchronous: calls without an await between are one commit. */
export class ThreadStore {
  readonly #storage: DurableObjectStorage;
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  get sql(): SqlStorage {
    return this.#storage.sql;
  }

  /** All or nothing, also where the closure throws. */
  together<T>(write: () => T): T {
    return this.#storage.transactionSync(write);
  }

  insertRun(order: RunOrder): void {
    this.sql.exec(
      "INSERT INTO runs (run_id, epoch, run_order, phase) VALUES (?, ?, ?, 'working')",
      order.run.id,
      order.run.epoch,
      JSON.stringify(order),
    );
  }

  run(runId: string): RunRow | null {
    const row = this.sql.exec("SELECT * FROM runs WHERE run_id = ?", runId).toArray()[0];
    return row ? runFromRow(row) : null;
  }

  /** Runs that are not over, oldest first, and finished ones that still have something to report. */
  unfinishedRuns(): RunRow[] {
    return this.sql
      .exec(
        "SELECT * FROM runs WHERE phase IN ('working', 'waiting') OR (phase = 'done' AND run_id IN (SELECT run_id FROM outbox)) ORDER BY run_id",
      )
      .toArray()
      .map(runFromRow);
  }

  fencedRuns(): RunRow[] {
    return this.sql.exec("SELECT * FROM runs WHERE phase = 'fenced'").toArray().map(runFromRow);
  }

  updateRun(runId: string, change: RunChange): void {
    for (const [name, value] of Object.entries(change)) {
      const column = COLUMNS[name as keyof typeof COLUMNS];
      this.sql.exec(`UPDATE runs SET ${column} = ? WHERE run_id = ?`, value, runId);
    }
  }

  addReports(runId: string, reports: readonly Report[]): void {
    let n = Number(this.sql.exec("SELECT next_n FROM runs WHERE run_id = ?", runId).one().next_n);
    for (const one of reports)
      this.sql.exec("INSERT INTO outbox (run_id, n, report) VALUES (?, ?, ?)", runId, n++, JSON.stringify(one));
    this.sql.exec("UPDATE runs SET next_n = ? WHERE run_id = ?", n, runId);
  }

  /** Reports numbered after `n`, at most `limit`, in order. */
  reportsAfter(runId: string, n: number, limit: number): { n: number; report: Report; size: number }[] {
    return this.sql
      .exec("SELECT n, report FROM outbox WHERE run_id = ? AND n > ? ORDER BY n LIMIT ?", runId, n, limit)
      .toArray()
      .map((row) => ({
        n: Number(row.n),
        report: report.parse(JSON.parse(String(row.report))),
        size: String(row.report).length,
      }));
  }

  acknowledge(runId: string, n: number): void {
    this.sql.exec("DELETE FROM outbox WHERE run_id = ? AND n <= ?", runId, n);
    this.sql.exec("UPDATE runs SET acked_n = MAX(acked_n, ?) WHERE run_id = ?", n, runId);
  }

  dropReports(runId: string): void {
    this.sql.exec("DELETE FROM outbox WHERE run_id = ?", runId);
  }

  hasReports(runId: string): boolean {
    return this.sql.exec("SELECT 1 FROM outbox WHERE run_id = ? LIMIT 1", runId).toArray().length > 0;
  }

  /** Whether the end of the run waits to be reported. */
  hasEndReport(runId: string): boolean {
    return this.reportsAfter(runId, 0, -1).some((one) => one.report.type === "run.finished");
  }

  /** Keeps an open item as it is now, its partial text included. */
  putItem(item: ReportedItem): void {
    this.sql.exec(
      "INSERT INTO items (item_id, run_id, item) VALUES (?, ?, ?) ON CONFLICT (item_id) DO UPDATE SET item = excluded.item",
      item.id,
      item.runId,
      JSON.stringify(item),
    );
  }

  removeItem(itemId: string): void {
    this.sql.exec("DELETE FROM items WHERE item_id = ?", itemId);
  }

  openItems(runId: string): ReportedItem[] {
    return this.sql
      .exec("SELECT item FROM items WHERE run_id = ? ORDER BY item_id", runId)
      .toArray()
      .map((row) => reportedItem.parse(JSON.parse(String(row.item))));
  }

  addMessage(runId: string, message: ModelMessage): void {
    this.sql.exec("INSERT INTO messages (run_id, message) VALUES (?, ?)", runId, JSON.stringify(message));
  }

  /** What the model has heard and said in this thread, in order. */
  messages(): { runId: string; message: ModelMessage }[] {
    return this.entries(0);
  }

  /** The same after message `n`, each with its number. */
  entries(n: number): { n: number; runId: string; message: ModelMessage }[] {
    return this.sql
      .exec("SELECT n, run_id, message FROM messages WHERE n > ? ORDER BY n", n)
      .toArray()
      .map((row) => ({
        n: Number(row.n),
        runId: String(row.run_id),
        message: modelMessageSchema.parse(JSON.parse(String(row.message))),
      }));
  }

  /** Forgets a run's messages; what people said to it beyond its prompt, read or not, is returned. */
  takeBack(runId: string): ModelMessage[] {
    this.readSteers(runId);
    const own = this.messages().filter((one) => one.runId === runId);
    this.sql.exec("DELETE FROM messages WHERE run_id = ?", runId);
    return own.map((one) => one.message).filter((message, index) => index > 0 && message.role === "user");
  }

  /** A person's input for the run in progress; a repeat of the message adds nothing. */
  addSteer(runId: string, messageId: string, text: string): void {
    this.sql.exec(
      "INSERT INTO steers (message_id, run_id, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      messageId,
      runId,
      text,
    );
  }

  hasSteers(runId: string): boolean {
    return this.sql.exec("SELECT 1 FROM steers WHERE run_id = ? AND used = 0 LIMIT 1", runId).toArray().length > 0;
  }

  /** Moves the inputs that nobody has read into the model's messages. */
  readSteers(runId: string): void {
    const rows = this.sql.exec("SELECT text FROM steers WHERE run_id = ? AND used = 0 ORDER BY rowid", runId).toArray();
    for (const row of rows) this.addMessage(runId, { role: "user", content: String(row.text) });
    this.sql.exec("UPDATE steers SET used = 1 WHERE run_id = ?", runId);
  }

  allow(use: AllowedUse): void {
    this.sql.exec("INSERT INTO allowed (tool, pattern) VALUES (?, ?) ON CONFLICT DO NOTHING", use.tool, use.pattern);
  }

  allowed(): AllowedUse[] {
    return this.sql
      .exec("SELECT tool, pattern FROM allowed")
      .toArray()
      .map((row) => ({ tool: String(row.tool), pattern: String(row.pattern) }));
  }
}

function runFromRow(value: unknown): RunRow {
  const row = runRow.parse(value);
  return {
    order: runOrder.parse(JSON.parse(row.run_order)),
    epoch: row.epoch,
    phase: row.phase,
    steps: row.steps,
    resumptions: row.resumptions,
    groupId: row.group_id,
    nextN: row.next_n,
    ackedN: row.acked_n,
    workedMs: row.worked_ms,
    workingSince: row.working_since,
    contextTokens: row.context_tokens,
  };
}
