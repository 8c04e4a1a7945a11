import type { ToolModelMessage } from "ai";
import { z } from "zod";
import type { ThreadStore } from "./store.ts";

/**
 * `pending`: not begun. `asking`: a person must approve or answer. `approved`: may begin. `running`: begun, so that without a
 * result it was interrupted and is not begun again. `settled`: has a result.
 */
export const callState = z.enum(["pending", "asking", "approved", "running", "settled"]);
export type CallState = z.infer<typeof callState>;

/** A tool call of a model step; `position` is its place in the model's answer. */
export interface Call {
  runId: string;
  step: number;
  position: number;
  toolCallId: string;
  tool: string;
  input: unknown;
  state: CallState;
  itemId: string | null;
  /** The approval or question it waits for. */
  askId: string | null;
  result: string | null;
}

const callRow = z.object({
  run_id: z.string(),
  step: z.number(),
  position: z.number(),
  tool_call_id: z.string(),
  tool: z.string(),
  input: z.string(),
  state: callState,
  item_id: z.string().nullable(),
  ask_id: z.string().nullable(),
  result: z.string().nullable(),
});

export function insertCall(store: ThreadStore, call: Omit<Call, "state" | "itemId" | "askId" | "result">): void {
  store.sql.exec(
    "INSERT INTO calls (run_id, step, position, tool_call_id, tool, input, state) VALUES (?, ?, ?, ?, ?, ?, 'pending')",
    call.runId,
    call.step,
    call.position,
    call.toolCallId,
    call.tool,
    JSON.stringify(call.input ?? null),
  );
}

/** The calls of one step in the model's order. */
export function callsOf(store: ThreadStore, runId: string, step: number): Call[] {
  return store.sql
    .exec("SELECT * FROM calls WHERE run_id = ? AND step = ? ORDER BY position", runId, step)
    .toArray()
    .map(callFromRow);
}

/** The call that waits for this approval or question, or null. */
export function callAsking(store: ThreadStore, runId: string, askId: string): Call | null {
  const row = store.sql.exec("SELECT * FROM calls WHERE run_id = ? AND ask_id = ?", runId, askId).toArray()[0];
  return row ? callFromRow(row) : null;
}

/** Whether a call of the run waits for a person. */
export function isAsking(store: ThreadStore, runId: string): boolean {
  return store.sql.exec("SELECT 1 FROM calls WHERE run_id = ? AND state = 'asking'", runId).toArray().length > 0;
}

export function updateCall(
  store: ThreadStore,
  call: Call,
  change: Partial<Pick<Call, "state" | "itemId" | "askId" | "result">>,
): void {
  const next = { ...call, ...change };
  store.sql.exec(
    "UPDATE calls SET state = ?, item_id = ?, ask_id = ?, result = ? WHERE run_id = ? AND step = ? AND position = ?",
    next.state,
    next.itemId,
    next.askId,
    next.result,
    call.runId,
    call.step,
    call.position,
  );
}

/** Settled calls as the message that tells the model their results. */
export function resultsMessage(calls: readonly Call[]): ToolModelMessage {
  return {
    role: "tool",
    content: calls.map((call) => ({
      type: "tool-result" as const,
      toolCallId: call.toolCallId,
      toolName: call.tool,
      output: { type: "text" as const, value: call.result ?? "" },
    })),
  };
}

function callFromRow(value: unknown): Call {
  const row = callRow.parse(value);
  return {
    runId: row.run_id,
    step: row.step,
    position: row.position,
    toolCallId: row.tool_call_id,
    tool: row.tool,
    input: JSON.parse(row.input),
    state: row.state,
    itemId: row.item_id,
    askId: row.ask_id,
    result: row.result,
  };
}
