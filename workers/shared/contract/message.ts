import { z } from "zod";
import { file } from "./file.ts";
import { clientKey, fileId, memberId, messageId, runId, timestamp } from "./ids.ts";
import { memberKind } from "./member.ts";

/** `auto` starts a run or queues it when one is active; `steer` goes to the active run; `interrupt` cancels it first. */
export const messageMode = z.enum(["auto", "queue", "steer", "interrupt"]);
export type MessageMode = z.infer<typeof messageMode>;

export const reaction = z.object({ emoji: z.string().min(1).max(32), memberIds: z.array(memberId) });

/** An entry people read. */
export const message = z.object({
  id: messageId,
  seq: z.number().int().positive(),
  authorId: memberId,
  authorKind: memberKind,
  content: z.string(),
  attachments: z.array(file),
  mode: messageMode,
  /** The run it started, waits for in the queue, or steers. */
  runId: runId.nullable(),
  reactions: z.array(reaction),
  createdAt: timestamp,
  editedAt: timestamp.nullable(),
  deletedAt: timestamp.nullable(),
});
export type Message = z.infer<typeof message>;

const content = z
  .string()
  .min(1)
  .refine((text) => text.trim().length > 0, "must not be blank");

export const messagePost = z.strictObject({
  clientId: clientKey,
  content,
  attachments: z.array(fileId).max(10).default([]),
  mode: messageMode.default("auto"),
});

export const messageEdit = z.strictObject({ content });
