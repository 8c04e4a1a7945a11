import { z } from "zod";
import type { Envelope, Event, EventType } from "#contract/event";
import { runStatus } from "#contract/run";

/** What the list of conversations shows beyond the head: folded from the log like everything else. */
export const indexDigest = z.object({
  /** Seq and time of the last event a person would want to see; reading and housekeeping are none. */
  lastSeq: z.number().int(),
  updatedAt: z.string(),
  runStatus: runStatus.nullable(),
  preview: z.string(),
});
export type IndexDigest = z.infer<typeof indexDigest>;

export const EMPTY_DIGEST: IndexDigest = {
  lastSeq: 0,
  updatedAt: "1970-01-01T00:00:00.000Z",
  runStatus: null,
  preview: "",
};

const PREVIEW_CHARS = 160;

const SILENT: ReadonlySet<EventType> = new Set<EventType>([
  "read.moved",
  "usage.recorded",
  "sandbox.changed",
  "changes.changed",
  "port.opened",
  "port.closed",
  "group.opened",
  "group.closed",
  "item.started",
  "item.updated",
  "conversation.configured",
  "participant.joined",
  "run.queue_changed",
  "fork.created",
]);

/** Folds one event into the digest. */
export function indexed(digest: IndexDigest, { seq, at, event }: Envelope): IndexDigest {
  if (SILENT.has(event.type)) return digest;
  return {
    lastSeq: seq,
    updatedAt: at,
    runStatus: statusAfter(event) ?? digest.runStatus,
    preview: previewOf(event) ?? digest.preview,
  };
}

function statusAfter(event: Event): IndexDigest["runStatus"] | undefined {
  if (event.type === "run.started" || event.type === "run.resumed") return "running";
  if (event.type === "run.waiting") return "waiting";
  return event.type === "run.finished" ? event.status : undefined;
}

function previewOf(event: Event): string | undefined {
  if (event.type === "message.posted") return clip(event.message.content);
  if (event.type !== "item.completed" || event.item.kind !== "text" || event.item.text.trim() === "") return undefined;
  return clip(event.item.text);
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > PREVIEW_CHARS ? `${line.slice(0, PREVIEW_CHARS - 1)}…` : line;
}
