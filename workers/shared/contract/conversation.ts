import { z } from "zod";
import { approval, question } from "./ask.ts";
import {
  agentId,
  conversationId,
  memberId,
  repositoryId,
  runId,
  sandboxId,
  spaceId,
  threadId,
  timestamp,
} from "./ids.ts";
import { memberKind } from "./member.ts";
import { message } from "./message.ts";
import { agentMode, autonomy, executorName, group, item, run } from "./run.ts";
import { openPort, sandboxStatus, snapshotMark, snapshotSource } from "./sandbox.ts";
import { searchMatch } from "./search.ts";
import { usage } from "./usage.ts";

export const conversationKind = z.enum(["coding", "room", "direct", "task"]);
export const title = z.string().trim().min(1).max(200);

/** How work is done in a conversation; every run is started with a copy. */
export const conversationSettings = z.object({
  executor: executorName,
  model: z.string().min(1).max(250),
  /** Read by the executor `opencode` alone; absent is `build`. */
  agentMode: agentMode.optional(),
  autonomy,
});
export type ConversationSettings = z.infer<typeof conversationSettings>;

export const conversationRepository = z.object({
  id: repositoryId,
  name: z.string(),
  defaultBranch: z.string(),
});
export type ConversationRepository = z.infer<typeof conversationRepository>;

/** One agent's work in this conversation: at most one active run, and its queue in order. */
export const thread = z.object({
  id: threadId,
  agentId,
  activeRunId: runId.nullable(),
  queue: z.array(runId),
  /** Tokens that the newest step's model call read and wrote: what the model's window holds; null before the first. */
  contextTokens: z.number().int().nonnegative().nullable().default(null),
});
export type Thread = z.infer<typeof thread>;

export const participant = z.object({ memberId, kind: memberKind, name: z.string(), readSeq: z.number().int() });
export type Participant = z.infer<typeof participant>;

/** Where a conversation began as a fork: its events up to `atSeq` are those of the other. */
export const forkOrigin = z.object({ conversationId, title: z.string(), atSeq: z.number().int().positive() });

/** Everything about a conversation but its transcript: small, whole, kept in memory by its object. */
export const conversationHead = z.object({
  id: conversationId,
  kind: conversationKind,
  title: z.string(),
  /** Who named it: a title a person set is never replaced. */
  titleBy: z.enum(["default", "auto", "person"]),
  createdAt: timestamp,
  createdBy: memberId,
  /** Whose members take part; null: everybody in the org who is no guest. */
  spaceId: spaceId.nullable().default(null),
  forkedFrom: forkOrigin.nullable().default(null),
  /** The conversation whose recording this one replays. */
  replayOf: z.object({ conversationId, title: z.string() }).nullable().default(null),
  archivedAt: timestamp.nullable(),
  repository: conversationRepository.nullable(),
  sandboxId: sandboxId.nullable(),
  settings: conversationSettings,
  threads: z.array(thread),
  participants: z.array(participant),
  approvals: z.array(approval),
  questions: z.array(question),
  /** What `always` decisions allow, as `tool pattern`. */
  allowed: z.array(z.object({ tool: z.string(), pattern: z.string() })),
  sandbox: sandboxStatus,
  /** The sandbox's newest snapshots, oldest first. */
  snapshots: z.array(snapshotMark).default([]),
  /** Where the sandbox's first files come from; null: from the repository. */
  restoreFrom: snapshotSource.nullable().default(null),
  ports: z.array(openPort),
  changedFiles: z.number().int().nonnegative(),
  usage,
  rev: z.number().int(),
});
export type ConversationHead = z.infer<typeof conversationHead>;

/** A head and a window of the transcript's end. Folding the events after `seq` into it gives the live state. */
export const snapshot = z.object({
  seq: z.number().int().nonnegative(),
  head: conversationHead,
  messages: z.array(message),
  runs: z.array(run),
  groups: z.array(group),
  items: z.array(item),
  /** Entries with a smaller seq are not in this window: ask for them with `before=`. */
  fromSeq: z.number().int().positive(),
  /** Set where the oldest run here did not fit whole: its items before this seq come with `before=` and `beforeItem=`. */
  fromItemSeq: z.number().int().positive().nullable().default(null),
});
export type Snapshot = z.infer<typeof snapshot>;

/** A row of the conversation list: an index, a moment behind the object. */
export const conversationSummary = z.object({
  id: conversationId,
  kind: conversationKind,
  title: z.string(),
  repository: z.object({ id: repositoryId, name: z.string() }).nullable(),
  spaceId: spaceId.nullable(),
  createdBy: memberId,
  createdAt: timestamp,
  updatedAt: timestamp,
  archivedAt: timestamp.nullable(),
  /** What its newest run is doing; null before the first. */
  runStatus: run.shape.status.nullable(),
  pendingAsks: z.number().int().nonnegative(),
  lastSeq: z.number().int().nonnegative(),
  /** The caller has not read to the end. */
  unread: z.boolean(),
  preview: z.string(),
  usage,
  /** In a search: the newest place that holds the words. */
  match: searchMatch.optional(),
});
export type ConversationSummary = z.infer<typeof conversationSummary>;

export const conversationCreate = z.strictObject({
  kind: conversationKind.default("coding"),
  title: title.optional(),
  repositoryId: repositoryId.optional(),
  spaceId: spaceId.optional(),
  executor: executorName.optional(),
  model: z.string().min(1).max(250).optional(),
  agentMode: agentMode.optional(),
  autonomy: autonomy.optional(),
});
export type ConversationCreate = z.infer<typeof conversationCreate>;

/** From where to fork, the end of the log unless told, and what the fork is called. */
export const conversationFork = z.strictObject({ atSeq: z.number().int().positive(), title }).partial();
export type ConversationFork = z.infer<typeof conversationFork>;

export const conversationPatch = z
  .strictObject({
    title,
    archived: z.boolean(),
    executor: executorName,
    model: z.string().min(1).max(250),
    agentMode,
    autonomy,
  })
  .partial();
export type ConversationPatch = z.infer<typeof conversationPatch>;
