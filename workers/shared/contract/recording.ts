import { z } from "zod";
import { conversationRepository } from "./conversation.ts";
import { conversationId, runId, threadId, timestamp } from "./ids.ts";
import { message } from "./message.ts";
import { itemDetail, itemStatus, run } from "./run.ts";

/** A piece of a model's answer as the engine read it; neighbouring pieces of one text are one. */
export const recordedPart = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["text", "reasoning"]), id: z.string(), text: z.string() }),
  z.object({ type: z.literal("tool_call"), toolCallId: z.string(), toolName: z.string(), input: z.unknown() }),
  z.object({ type: z.literal("error"), message: z.string(), code: z.string().nullable() }),
  z.object({ type: z.literal("finish"), finishReason: z.string() }),
]);
export type RecordedPart = z.infer<typeof recordedPart>;

/** How a call of a tool ended: what the model was told, and what people saw. */
export const recordedOutcome = z.object({
  status: itemStatus,
  result: z.string(),
  text: z.string(),
  detail: itemDetail,
});
export type RecordedOutcome = z.infer<typeof recordedOutcome>;

const of = { n: z.number().int().positive(), runId, digest: z.string(), at: timestamp, ms: z.number().int() };

/**
 * What an engine asked of the world, and what it got. Long parts of a request are blobs by the SHA-256 of their canonical
 * JSON; `digest` is that of the whole request. Ids in requests are replaced by their prefix, credentials everywhere.
 */
export const exchange = z.discriminatedUnion("kind", [
  z.object({
    ...of,
    kind: z.literal("model"),
    request: z.object({
      model: z.string(),
      instructions: z.string(),
      tools: z.string(),
      messages: z.array(z.string()),
    }),
    response: z.array(recordedPart),
  }),
  z.object({
    ...of,
    kind: z.literal("call"),
    request: z.object({ tool: z.string(), args: z.string() }),
    response: recordedOutcome,
  }),
]);
export type Exchange = z.infer<typeof exchange>;

/** What a run began with. */
export const recordedRun = z.object({
  run: run.pick({ id: true, model: true, executor: true }).extend({
    /** The size of the model's window; it decides what is compacted. */
    contextTokens: z.number().int().positive().nullable().default(null),
  }),
  prompt: z.object({ message, authorName: z.string() }),
  repository: conversationRepository.nullable(),
});
export type RecordedRun = z.infer<typeof recordedRun>;

/** One run with its exchanges in order, and the blobs they name. */
export const runRecording = recordedRun.extend({
  exchanges: z.array(exchange),
  blobs: z.record(z.string(), z.string()),
});
export type RunRecording = z.infer<typeof runRecording>;

export const RECORDING_VERSION = 1;

/** A line of a downloaded recording: the header, then every run whole, oldest first, then how many there were. */
export const recordingLine = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("recording"),
    version: z.literal(RECORDING_VERSION),
    conversationId,
    title: z.string(),
    at: timestamp,
  }),
  z.object({ type: z.literal("run"), threadId, recording: runRecording }),
  z.object({ type: z.literal("end"), runs: z.number().int().nonnegative() }),
]);
export type RecordingLine = z.infer<typeof recordingLine>;
