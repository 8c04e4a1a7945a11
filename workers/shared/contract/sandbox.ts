import { z } from "zod";
import { sandboxId, snapshotId, timestamp } from "./ids.ts";

export const SANDBOX_STATES = [
  "none",
  "provisioning",
  "ready",
  "busy",
  "sleeping",
  "stopped",
  "failed",
  "deleted",
] as const;
export const sandboxState = z.enum(SANDBOX_STATES);
export type SandboxState = z.infer<typeof sandboxState>;

/** What people and forks need to know of a snapshot: the files as they were at `at`. */
export const snapshotMark = z.object({
  id: snapshotId,
  at: timestamp,
  /** Every change in it was begun by an event of this seq or before; later events may have changed nothing in it. */
  atSeq: z.number().int().nonnegative(),
  sizeBytes: z.number().int().nonnegative(),
});
export type SnapshotMark = z.infer<typeof snapshotMark>;

/** One archive of a sandbox's workspace and home, kept in the bucket. */
export const sandboxSnapshot = snapshotMark.extend({
  /** `sleep`: before the machine ended. `run`: after a run. */
  reason: z.enum(["sleep", "run"]),
  /** The format of the archive, and the driver of the machine it was made on. */
  version: z.object({ format: z.number().int().positive(), driver: z.enum(["local", "cloudflare"]) }),
});
export type SandboxSnapshot = z.infer<typeof sandboxSnapshot>;
export const snapshotList = z.object({ items: z.array(sandboxSnapshot), nextCursor: z.null() });

/** Another sandbox's snapshot, of the same org, that a new sandbox starts from. */
export const snapshotSource = z.object({ sandboxId, snapshotId });
export type SnapshotSource = z.infer<typeof snapshotSource>;

export const sandboxStatus = z.object({
  state: sandboxState,
  /** Plain words: what it is doing, or why it failed. */
  detail: z.string().nullable(),
  driver: z.enum(["local", "cloudflare"]).nullable(),
  /** The newest snapshot. */
  snapshot: snapshotMark.nullable().default(null),
});
export type SandboxStatus = z.infer<typeof sandboxStatus>;

export const openPort = z.object({ port: z.number().int().min(1).max(65535), name: z.string().nullable() });
export type OpenPort = z.infer<typeof openPort>;
