import { z } from "zod";
import { conversationId, timestamp } from "./ids.ts";

/** `jsonl`: the whole log, each line bound to the one before it. `md` and `html`: the transcript for people. */
export const exportFormat = z.enum(["jsonl", "md", "html"]);
export type ExportFormat = z.infer<typeof exportFormat>;

export const exportQuery = z.object({ format: exportFormat.default("jsonl") });

export const EXPORT_FORMAT = "quayside-export";
export const EXPORT_VERSION = 1;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

/** First line. `events` is how many the log had when the export began. */
export const exportHeader = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(EXPORT_VERSION),
  conversationId,
  title: z.string(),
  exportedAt: timestamp,
  events: count,
});
export type ExportHeader = z.infer<typeof exportHeader>;

/**
 * One event. `prev` is the digest of the line before, of the header at the first event;
 * `digest` is SHA-256(prev + "\n" + canonical JSON of the envelope) in hex. The envelope is as stored, whatever its type.
 */
export const exportLine = z.strictObject({
  seq: z.number().int().positive(),
  prev: digest,
  digest,
  envelope: z.looseObject({ seq: z.number().int().positive() }),
});
export type ExportLine = z.infer<typeof exportLine>;

/** Last line: without it the file is truncated. `digest` is that of the last event, of the header where there is none. */
export const exportFooter = z.strictObject({ type: z.literal("end"), events: count, digest });
export type ExportFooter = z.infer<typeof exportFooter>;
