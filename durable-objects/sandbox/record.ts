import { z } from "zod";
import { conversationRepository } from "#contract/conversation";
import { conversationId, orgId, sandboxId, snapshotId } from "#contract/ids";
import {
  openPort,
  type SandboxSnapshot,
  sandboxSnapshot,
  sandboxState,
  sandboxStatus,
  snapshotSource,
} from "#contract/sandbox";
import type { SandboxBinding, SandboxReport, ServiceSpec } from "#platform/rpc";

export const sandboxBinding = z.object({
  orgId,
  conversationId,
  sandboxId,
  repository: conversationRepository.nullable(),
  restoreFrom: snapshotSource.nullable().optional(),
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

/** A snapshot with what it takes to put it back. */
const storedSnapshot = sandboxSnapshot.extend({
  /** SHA-256 of its archive in hex. */
  digest: z.string(),
  baseCommit: z.string().nullable(),
});
export type StoredSnapshot = z.infer<typeof storedSnapshot>;

const serviceSpec = z.object({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  argv: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  password: z.object({ user: z.string(), env: z.string() }),
  health: z.string().startsWith("/"),
  needs: z.literal("opencode").nullable(),
  start: z.boolean(),
}) satisfies z.ZodType<ServiceSpec>;

/** A service as it was started last. It runs while the machine has the lease and the process. */
export const startedService = z.object({
  spec: serviceSpec,
  lease: z.string(),
  processId: z.string(),
  port: z.number().int(),
  password: z.string(),
});
export type StartedService = z.infer<typeof startedService>;

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
  services: z.array(startedService).default([]),
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
  /** What the newest snapshot does not hold: nothing, a mere clone, or changes. */
  unsaved: z.enum(["nothing", "clone", "changes"]).default("nothing"),
  /** When a command, a write or somebody at a terminal may have changed files last, in ms. */
  touchedAt: z.number().default(0),
  /** The end of the last run that was told. */
  runEnd: z.object({ seq: z.number().int(), at: z.number() }).nullable().default(null),
  /** Oldest first. */
  snapshots: z.array(storedSnapshot).default([]),
  /** When to make the next, in ms, unless the sandbox is busy then. */
  snapshotDueAt: z.number().nullable().default(null),
  /** The snapshot that is being made; after a crash, one to be deleted. */
  uploading: snapshotId.nullable().default(null),
  /** Snapshots that another sandbox starts from. */
  pins: z.array(z.object({ snapshotId, by: sandboxId })).default([]),
  /** Archives to delete, and when to try, in ms. */
  garbage: z.array(snapshotId).default([]),
  garbageDueAt: z.number().nullable().default(null),
  /** The snapshot this sandbox started from is released. */
  letGo: z.boolean().default(false),
  /** The commit whose cached files were read before there was a machine: the first clone is of it. */
  readCommit: z.string().nullable().default(null),
  /** When to store the tree of the cloned commit for other conversations, in ms. */
  treeDueAt: z.number().nullable().default(null),
});
export type SandboxRecord = z.infer<typeof sandboxRecord>;

/** The snapshots as they are told, newest first. */
export function listSnapshots(record: SandboxRecord): SandboxSnapshot[] {
  return record.snapshots.map(({ digest: _digest, baseCommit: _base, ...told }) => told).reverse();
}

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
    services: [],
    lastActivityAt: now,
    changesDueAt: null,
    changesDigest: null,
    outbox: [],
    outboxDueAt: null,
    outboxFailures: 0,
    unsaved: "nothing",
    touchedAt: now,
    runEnd: null,
    snapshots: [],
    snapshotDueAt: null,
    uploading: null,
    pins: [],
    garbage: [],
    garbageDueAt: null,
    letGo: false,
    readCommit: null,
    treeDueAt: null,
  };
}
