import { z } from "zod";
import { conversationHead, conversationRepository } from "#contract/conversation";
import { conversationId, orgId, runId, sandboxId } from "#contract/ids";
import { message } from "#contract/message";
import { run } from "#contract/run";
import { snapshotSource } from "#contract/sandbox";
import type { RunOrder } from "#platform/rpc";

/** A run order as it is kept: stored bytes are read through this. */
export const runOrder: z.ZodType<RunOrder> = z.object({
  orgId,
  conversationId,
  run,
  prompt: z.object({ message, authorName: z.string() }),
  binding: z.object({
    orgId,
    conversationId,
    sandboxId,
    repository: conversationRepository.nullable(),
    restoreFrom: snapshotSource.nullable().optional(),
  }),
  allowed: conversationHead.shape.allowed,
  earlier: z.array(runId).default([]),
  wantsTitle: z.boolean(),
});

/** What stands before a person's message for the model: who wrote it, and what is attached. */
export function promptHead(prompt: RunOrder["prompt"]): string {
  const author = prompt.authorName.replace(/\s+/g, " ").trim();
  const files = prompt.message.attachments.map((file) => `Attached: ${file.name} (${file.mime}, ${file.size} bytes)`);
  return [`From ${author}:`, ...files].join("\n");
}
