import { LIMITS } from "#contract/limits";
import { ok, type Result } from "#contract/problem";
import type { SandboxSnapshot } from "#contract/sandbox";
import { isoTime } from "#platform/clock";
import { newId } from "#platform/new-id";
import type { RunEnding } from "#platform/rpc";
import { placeOf } from "./archives.ts";
import { collectLater, dropSurplus, letGoLater } from "./collect.ts";
import { type SandboxContext, save, tell } from "./context.ts";
import { noteDeath } from "./death.ts";
import { DriverError, type SandboxArchive, type SandboxDriver } from "./drivers/driver.ts";
import { isUp } from "./lifecycle.ts";

/** What the bucket takes in one piece. */
const SLEEP_BYTES = 4 * 1024 * 1024 * 1024;
const SETTLE_MS = 300;
const TOO_LARGE = `The files are over ${LIMITS.runSnapshotBytes / 1024 / 1024} MiB, so they are saved only when the sandbox stops.`;

/** `same`: the newest snapshot holds just these files. `gone`: there is no machine whose files could be kept. */
export type SnapshotEnd = "kept" | "same" | "too_large" | "gone" | "failed";

/** A run ended: asks for a snapshot in the background, where files changed since the last one and a machine is up. */
export function keepSoon(context: SandboxContext, end: RunEnding): Result<null> {
  const { record, deps } = context;
  if (record.state !== "none") save(context, { runEnd: end });
  if (isUp(record.state) && record.unsaved === "changes") save(context, { snapshotDueAt: deps.now() + SETTLE_MS });
  return ok(null);
}

/** Begins the snapshot that was asked for, once no command runs. Whoever ends the machine waits for it. */
export function keepIfDue(context: SandboxContext): void {
  const { record, deps } = context;
  const { snapshotDueAt: dueAt, state } = record;
  if (dueAt === null || (state === "ready" && dueAt > deps.now()) || context.keeping) return;
  if (state === "busy") return;
  save(context, { snapshotDueAt: null });
  const driver = state === "ready" ? deps.driver(record.binding, record.lease) : null;
  if (driver !== null) void keepFiles(context, driver, "run");
}

/** Makes a snapshot; one that is under way is over first. Never throws. */
export async function keepFiles(
  context: SandboxContext,
  driver: SandboxDriver,
  reason: SandboxSnapshot["reason"],
): Promise<SnapshotEnd> {
  while (context.keeping) await context.keeping;
  const keeping = keep(context, driver, reason).finally(() => {
    context.keeping = null;
  });
  context.keeping = keeping;
  return keeping;
}

/** A snapshot on its way: its id is stored before anything is uploaded, so that a crash leaves nothing that nobody knows. */
interface Upload {
  id: string;
  reason: SandboxSnapshot["reason"];
  at: number;
  /** The commit that changes were counted against when it was made. */
  baseCommit: string | null;
}

async function keep(
  context: SandboxContext,
  driver: SandboxDriver,
  reason: SandboxSnapshot["reason"],
): Promise<SnapshotEnd> {
  const { lease, unsaved, baseCommit } = context.record;
  const upload: Upload = { id: newId("snapshot"), reason, at: context.deps.now(), baseCommit };
  save(context, { unsaved: "nothing", uploading: upload.id });
  try {
    const maxBytes = reason === "run" ? LIMITS.runSnapshotBytes : SLEEP_BYTES;
    const archive = await driver.readArchive({ maxBytes });
    const end = await store(context, archive, upload);
    if (end === "kept") return end;
    save(context, { uploading: null });
    return end;
  } catch (error) {
    noteDeath(context, lease, error);
    collectLater(context, [upload.id]);
    // What changed since it began has been noted meanwhile, and is more than what was noted before.
    save(context, { uploading: null, unsaved: context.record.unsaved === "changes" ? "changes" : unsaved });
    return endOf(context, error, reason);
  }
}

async function store(context: SandboxContext, archive: SandboxArchive, upload: Upload): Promise<SnapshotEnd> {
  const { deps } = context;
  const { id, reason, at, baseCommit } = upload;
  const { body, size, digest } = archive;
  if (context.record.snapshots.at(-1)?.digest === digest) {
    await body.cancel();
    return "same";
  }
  const atSeq = await seqOf(context);
  const facts = { digest, format: "1" as const, at: isoTime(at), baseCommit: baseCommit ?? "" };
  await deps.archives.put(placeOf(context.record.binding, id), { body, size, digest }, facts);
  if (context.record.state === "deleted") {
    collectLater(context, [id]);
    return "gone";
  }
  const version = { format: 1, driver: deps.driverName };
  const made = { id, at: isoTime(at), atSeq, sizeBytes: size, reason, version, digest, baseCommit };
  save(context, { uploading: null, snapshots: [...context.record.snapshots, made] });
  dropSurplus(context);
  letGoLater(context);
  // Before a sleep the end of it tells.
  if (reason === "run") tell(context, context.record.detail === TOO_LARGE ? null : context.record.detail);
  return "kept";
}

/**
 * The seq of an archive that was made just now: of the last run's end where nobody touched the files since, and otherwise of the
 * conversation as it is after the making. Whatever the archive holds was begun by an event of that seq or before.
 */
async function seqOf(context: SandboxContext): Promise<number> {
  const { binding, runEnd, touchedAt } = context.record;
  if (runEnd !== null && touchedAt <= runEnd.at) return runEnd.seq;
  const now = await context.deps.seq(binding);
  if (!now.ok) throw new Error(`the conversation does not say its seq: ${now.problem.code}`);
  return now.value;
}

function endOf(context: SandboxContext, error: unknown, reason: SandboxSnapshot["reason"]): SnapshotEnd {
  const code = error instanceof DriverError ? error.code : null;
  if (code === "too_large") {
    if (reason === "run" && isUp(context.record.state)) tell(context, TOO_LARGE);
    return "too_large";
  }
  if (code === "lost" || code === "unavailable") return "gone";
  context.deps.log("sandbox.snapshot_failed", { sandboxId: context.record.binding.sandboxId }, error);
  return "failed";
}
