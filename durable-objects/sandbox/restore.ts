import { placeOf } from "./archives.ts";
import { collectLater } from "./collect.ts";
import { type SandboxContext, save } from "./context.ts";
import { DriverError, type SandboxDriver } from "./drivers/driver.ts";
import type { StoredSnapshot } from "./record.ts";

/** The files a new workspace was filled with. */
export interface Restored {
  baseCommit: string | null;
  /** When they were as they are, in ISO 8601. */
  at: string;
  from: "last" | "older" | "other";
}

/**
 * Fills a workspace with the newest snapshot that is whole, or with the one of another sandbox that this one starts from; null
 * where there is none. One that is damaged or gone is dropped for the one before. Throws where the bucket or the machine cannot
 * do it now: then the snapshot stays, and the workspace must not be taken for whole.
 */
export async function restore(context: SandboxContext, driver: SandboxDriver): Promise<Restored | null> {
  let dropped = 0;
  for (let newest = context.record.snapshots.at(-1); newest; newest = context.record.snapshots.at(-1)) {
    const { baseCommit, at } = newest;
    const whole = await write(context, driver, { snapshotId: newest.id, digest: newest.digest });
    if (whole) return { baseCommit, at, from: dropped === 0 ? "last" : "older" };
    drop(context, newest);
    dropped += 1;
  }
  const source = context.record.binding.restoreFrom ?? null;
  if (source === null) return null;
  const facts = await write(context, driver, { ...source, digest: null });
  return facts && { baseCommit: facts.baseCommit === "" ? null : facts.baseCommit, at: facts.at, from: "other" };
}

/** What the archive says of itself where the workspace is now what it holds; null where it is damaged or gone. */
async function write(
  context: SandboxContext,
  driver: SandboxDriver,
  wanted: { snapshotId: string; sandboxId?: string; digest: string | null },
) {
  const found = await context.deps.archives.get(placeOf(context.record.binding, wanted.snapshotId, wanted.sandboxId));
  if (found === null) return null;
  try {
    await driver.writeArchive({ body: found.body, digest: wanted.digest ?? found.facts.digest });
    return found.facts;
  } catch (error) {
    if (error instanceof DriverError && error.code === "invalid") return null;
    throw error;
  }
}

function drop(context: SandboxContext, damaged: StoredSnapshot): void {
  context.deps.log("sandbox.snapshot_damaged", {
    sandboxId: context.record.binding.sandboxId,
    snapshotId: damaged.id,
  });
  save(context, { snapshots: context.record.snapshots.filter((one) => one.id !== damaged.id) });
  collectLater(context, [damaged.id]);
}
