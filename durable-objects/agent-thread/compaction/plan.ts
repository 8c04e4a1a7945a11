import type { ModelMessage, ToolModelMessage } from "ai";
import { truncate } from "../tools/truncate.ts";

/** A message as the thread keeps it; `runId` is null for the note that stands for what was compacted. */
export interface Entry {
  n: number;
  runId: string | null;
  message: ModelMessage;
}

/** Bound where the window's size is not known: about 100,000 tokens. */
const UNKNOWN_WINDOW_BYTES = 400_000;
/** How much of the window the request may fill; the rest is for the answer. */
const FILLED = 0.8;
/** Prose has more bytes a token, so that the bound is met early rather than late. */
const BYTES_PER_TOKEN = 3.5;
/** What stays after a compaction, at most, so that the next is not near. */
const KEPT = 0.5;
const LONG_RESULT_BYTES = 2_000;
/** The newest steps' results stay whole: the model is at work on them. */
const WHOLE_RESULTS = 2;

const encoder = new TextEncoder();

/** UTF-8 bytes of a value's JSON. */
export function byteSize(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).byteLength;
}

/** Bytes that messages may take, given what instructions and tools take. */
export function limitOf(contextTokens: number | null, overheadBytes: number): number {
  if (contextTokens === null) return UNKNOWN_WINDOW_BYTES;
  return Math.max(LONG_RESULT_BYTES, Math.floor(contextTokens * FILLED * BYTES_PER_TOKEN) - overheadBytes);
}

/** About how many tokens messages are, for people. */
export function tokensOf(entries: readonly Entry[]): number {
  return Math.ceil(sizeOf(entries) / 4);
}

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, one) => sum + byteSize(one.message), 0);
}

export interface Fitted {
  /** What the model reads, if nothing is compacted. */
  entries: Entry[];
  /** How many of the first entries are to be compacted; 0: none, they fit or cannot be made fewer. */
  cut: number;
}

/**
 * What of a thread the model reads. Where it is too much, long results that are not of the newest steps are shortened; where
 * that is not enough, whole runs before the last are to be compacted. The last run is never cut, nor a call from its result.
 */
export function planContext(entries: Entry[], limit: number): Fitted {
  if (sizeOf(entries) <= limit) return { entries, cut: 0 };
  const short = withShortResults(entries);
  return { entries: short, cut: sizeOf(short) <= limit ? 0 : cutOf(short, limit) };
}

function cutOf(entries: Entry[], limit: number): number {
  const starts = entries.flatMap((one, index) => (one.runId !== entries[index - 1]?.runId ? [index] : []));
  const last = starts.at(-1) ?? 0;
  if (entries.slice(0, last).every((one) => one.runId === null)) return 0;
  const fitting = starts.find((from) => from > 0 && sizeOf(entries.slice(from)) <= limit * KEPT);
  return fitting ?? last;
}

function withShortResults(entries: Entry[]): Entry[] {
  const results = entries.filter((one) => one.message.role === "tool");
  const whole = new Set(results.slice(-WHOLE_RESULTS));
  return entries.map((one) => {
    const { message } = one;
    return message.role !== "tool" || whole.has(one) ? one : { ...one, message: shortResult(message) };
  });
}

function shortResult(message: ToolModelMessage): ToolModelMessage {
  const content = message.content.map((part) => {
    if (part.type !== "tool-result" || part.output.type !== "text") return part;
    return { ...part, output: { ...part.output, value: truncate(part.output.value, LONG_RESULT_BYTES).text } };
  });
  return { ...message, content };
}

/** Messages as a text to be summarised, of about `maxBytes` at most: its beginning and its end. */
export function transcriptOf(entries: readonly Entry[], maxBytes: number): string {
  const text = entries.flatMap(({ message }) => linesOf(message)).join("\n\n");
  return truncate(text, maxBytes).text;
}

function linesOf(message: ModelMessage): string[] {
  if (typeof message.content === "string") return [`${NAMES[message.role]}: ${message.content}`];
  return message.content.flatMap((part): string[] => {
    switch (part.type) {
      case "text":
        return [`${NAMES[message.role]}: ${part.text}`];
      case "tool-call":
        return [`The agent called ${part.toolName}: ${truncate(JSON.stringify(part.input), LONG_RESULT_BYTES).text}`];
      case "tool-result": {
        const value = part.output.type === "text" ? part.output.value : JSON.stringify(part.output);
        return [`Result of ${part.toolName}: ${truncate(value, LONG_RESULT_BYTES).text}`];
      }
      default:
        return [];
    }
  });
}

const NAMES = { user: "A person", assistant: "The agent", system: "Note", tool: "Result" } as const;
