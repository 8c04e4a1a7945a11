import { z } from "zod";
import { agentId, conversationId, groupId, itemId, messageId, runId, threadId, timestamp } from "./ids.ts";
import { problem } from "./problem.ts";
import { usage } from "./usage.ts";

export const executorName = z.enum(["edge", "opencode", "worker", "echo", "noop"]);
export type ExecutorName = z.infer<typeof executorName>;

/** Which of OpenCode's agents works: `build` changes things, `plan` looks and plans. Other executors do not read it. */
export const agentMode = z.enum(["build", "plan"]);
export type AgentMode = z.infer<typeof agentMode>;

/** `ask`: each side effect asks. `auto_safe`: reads and changes inside the sandbox are free. `auto`: nothing asks. */
export const autonomy = z.enum(["ask", "auto_safe", "auto"]);
export type Autonomy = z.infer<typeof autonomy>;

export const runStatus = z.enum(["queued", "running", "waiting", "succeeded", "failed", "cancelled"]);
export type RunStatus = z.infer<typeof runStatus>;
export const finalRunStatus = z.enum(["succeeded", "failed", "cancelled"]);
export const waitingReason = z.enum(["approval", "question", "stalled", "sandbox"]);

/** The run of another conversation that a run repeats from its recording, without a model, a tool or a person. */
export const replayedRun = z.object({ conversationId, threadId, runId });

/** One turn of work. */
export const run = z.object({
  id: runId,
  threadId,
  agentId,
  /** The message that asked for it. */
  messageId,
  executor: executorName,
  model: z.string(),
  /** Absent is `build`. */
  agentMode: agentMode.optional(),
  autonomy,
  status: runStatus,
  waitingFor: waitingReason.nullable(),
  /** Rises with each start or resumption by another owner; reports of an older epoch are refused. */
  epoch: z.number().int().positive(),
  retryOf: runId.nullable(),
  replayOf: replayedRun.nullable().default(null),
  queuedAt: timestamp,
  startedAt: timestamp.nullable(),
  finishedAt: timestamp.nullable(),
  stopReason: z.string().nullable(),
  problem: problem.nullable(),
  usage,
  /** The seq of its first event: its place in the transcript. */
  seq: z.number().int().positive(),
  /** The seq of its `run.finished`; null until then, and of runs that ended before this was kept. */
  endSeq: z.number().int().positive().nullable().default(null),
});
export type Run = z.infer<typeof run>;

export const group = z.object({
  id: groupId,
  runId,
  title: z.string(),
  closed: z.boolean(),
  seq: z.number().int().positive(),
});
export type Group = z.infer<typeof group>;

export const itemKind = z.enum([
  "text",
  "reasoning",
  "tool_call",
  "command",
  "file_change",
  "plan",
  "question",
  "approval",
  "handoff",
  "artifact",
  "error",
]);
export type ItemKind = z.infer<typeof itemKind>;

export const itemStatus = z.enum(["in_progress", "completed", "failed", "declined", "cancelled", "interrupted"]);
export type ItemStatus = z.infer<typeof itemStatus>;

/** Output over 16 KiB keeps head and tail in `text`; the whole is at `href`. */
export const truncation = z.object({ totalBytes: z.number().int(), omittedBytes: z.number().int(), href: z.string() });

export const planStep = z.object({ text: z.string(), status: z.enum(["pending", "in_progress", "completed"]) });

/** What a kind of item adds. All fields are optional so that a reader needs no case it does not show. */
export const itemDetail = z.object({
  /** Of every call: the tool's name and its arguments. */
  tool: z.string().optional(),
  args: z.record(z.string(), z.unknown()).optional(),
  /** Of `command`. */
  command: z.string().optional(),
  exitCode: z.number().int().optional(),
  signal: z.string().optional(),
  timedOut: z.boolean().optional(),
  /** Of `file_change`. `diff` is unified. */
  path: z.string().optional(),
  diff: z.string().optional(),
  added: z.number().int().optional(),
  removed: z.number().int().optional(),
  /** Of `plan`. */
  steps: z.array(planStep).optional(),
  /** Of `question` and of a call that needed approval. */
  questionId: z.string().optional(),
  approvalId: z.string().optional(),
  /** Of `error`. */
  problem: problem.optional(),
});
export type ItemDetail = z.infer<typeof itemDetail>;

/** A step of a run. `text` grows while it streams: prose, reasoning, or the output of a command or tool. */
export const item = z.object({
  id: itemId,
  runId,
  groupId: groupId.nullable(),
  parentId: itemId.nullable(),
  kind: itemKind,
  status: itemStatus,
  /** One short line: `Run npm test`, `Edit src/a.ts`. Empty for prose. */
  title: z.string(),
  text: z.string(),
  truncation: truncation.nullable(),
  detail: itemDetail,
  startedAt: timestamp,
  completedAt: timestamp.nullable(),
  /** The seq of its `item.started`: its place in the transcript. */
  seq: z.number().int().positive(),
});
export type Item = z.infer<typeof item>;

/** An item as an executor reports it: the conversation gives it its `seq`. */
export const reportedItem = item.omit({ seq: true });
export type ReportedItem = z.infer<typeof reportedItem>;
