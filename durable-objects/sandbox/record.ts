import { z } from "zod";
import { conversationRepository } from "#contract/conversation";
import { conversationId, orgId, sandboxId } from "#contract/ids";
import { openPort, sandboxState, sandboxStatus } from "#contract/sandbox";
import type { SandboxBinding, SandboxReport } from "#platform/rpc";

export const sandboxBinding = z.object({
  orgId,
  conversationId,
  sandboxId,
  repository: conversationRepository.nullable(),
}) satisfies z.ZodType<SandboxBinding>;

const report = z.discriminatedUnion("type", [
  z.object({ type: z.literal("sandbox.changed"), sandbox: sandboxStatus }),
  z.object({ type: z.literal("port.opened"), port: openPort }),
  z.object({ type: z.literal("port.closed"), port: z.number() }),
  z.object({ type: z.literal("changes.changed"), files: z.number() }),
  z.object({
    type: z.literal("git.committed"),
    commit: z.string(),
    branch: z.string(),
    message: z.string(),
    files: z.number(),
  }),
  z.object({ type: z.literal("git.pushed"), commit: z.string(), branch: z.string() }),
]) satisfies z.ZodType<SandboxReport>;

/** Everything a sandbox object keeps: one value, so that a state and the report of it are stored together or not at all. */
export const sandboxRecord = z.object({
  version: z.literal(1),
  binding: sandboxBinding,
  state: sandboxState,
  detail: z.string().nullable(),
  lease: z.string().nullable(),
  /** The workspace was filled completely once. */
  provisioned: z.boolean(),
  /** Commit that changes are counted against. */
  baseCommit: z.string().nullable(),
  /** Ids of the commands that run. */
  running: z.array(z.string()),
  lastActivityAt: z.number(),
  /** When to look whether files changed, in ms; null where nothing could have changed them. */
  changesDueAt: z.number().nullable(),
  /** Digest of the changes that were reported last. */
  changesDigest: z.string().nullable(),
  /** Reports the conversation has not taken yet, oldest first. */
  outbox: z.array(report),
  /** When to offer them again, in ms, and how often that failed. */
  outboxDueAt: z.number().nullable(),
  outboxFailures: z.number().int(),
});
export type SandboxRecord = z.infer<typeof sandboxRecord>;

/** The record of a sandbox that nobody used yet. */
export function newRecord(bound: SandboxBinding, now: number): SandboxRecord {
  return {
    version: 1,
    binding: bound,
    state: "none",
    detail: null,
    lease: null,
    provisioned: false,
    baseCommit: null,
    running: [],
    lastActivityAt: now,
    changesDueAt: null,
    changesDigest: null,
    outbox: [],
    outboxDueAt: null,
    outboxFailures: 0,
  };
}
