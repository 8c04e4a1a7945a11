import { fail, ok, type Result } from "#contract/problem";
import type { SandboxSnapshot } from "#contract/sandbox";
import { retained } from "#domain/sandbox/snapshots";
import { placeOf } from "./archives.ts";
import { type SandboxContext, save } from "./context.ts";
import { listSnapshots } from "./record.ts";

const RETRY_MS = 60_000;

/** Archives that nothing names any more are deleted by the alarm, again and again until they are gone. */
export function collectLater(context: SandboxContext, ids: string[]): void {
  if (ids.length === 0) return;
  const garbage = [...new Set([...context.record.garbage, ...ids])];
  save(context, { garbage, garbageDueAt: context.deps.now() });
}

/** Takes what is over the number that is kept out of the record. The newest and the pinned stay, of a deleted sandbox the pinned. */
export function dropSurplus(context: SandboxContext): void {
  const { snapshots, pins } = context.record;
  const pinned = new Set(pins.map((one) => one.snapshotId));
  const gone = context.record.state === "deleted";
  const kept = gone ? snapshots.filter((one) => pinned.has(one.id)) : retained(snapshots, pinned);
  const dropped = snapshots.filter((one) => !kept.includes(one)).map((one) => one.id);
  if (dropped.length === 0) return;
  save(context, { snapshots: kept });
  collectLater(context, dropped);
}

/** Deletes what is due, finds what a crash left behind, and lets go of the snapshot this sandbox started from. */
export async function collect(context: SandboxContext): Promise<void> {
  const { deps, record } = context;
  if (record.uploading !== null && !context.keeping) {
    collectLater(context, [record.uploading]);
    save(context, { uploading: null, unsaved: "changes" });
  }
  const { garbageDueAt } = context.record;
  if (garbageDueAt === null || garbageDueAt > deps.now()) return;
  try {
    for (const id of context.record.garbage) {
      await deps.archives.delete(placeOf(record.binding, id));
      save(context, { garbage: context.record.garbage.filter((one) => one !== id) });
    }
    await letGo(context);
    save(context, { garbageDueAt: context.record.garbage.length === 0 ? null : deps.now() });
  } catch (error) {
    deps.log("sandbox.collect_failed", { sandboxId: record.binding.sandboxId }, error);
    save(context, { garbageDueAt: deps.now() + RETRY_MS });
  }
}

/** The sandbox has a snapshot of its own now: the alarm releases the one it started from. */
export function letGoLater(context: SandboxContext): void {
  const { binding, letGo: done } = context.record;
  if (binding.restoreFrom && !done) save(context, { garbageDueAt: context.deps.now() });
}

/** Once it has a snapshot of its own, or is gone, it needs the other sandbox's no longer. */
async function letGo(context: SandboxContext): Promise<void> {
  const { binding, letGo: done, snapshots, state } = context.record;
  const source = binding.restoreFrom ?? null;
  if (source === null || done || (snapshots.length === 0 && state !== "deleted")) return;
  const released = await context.deps.release(binding, source);
  if (!released.ok && released.problem.code !== "not_found") throw new Error(released.problem.detail);
  save(context, { letGo: true });
}

export interface Pin {
  snapshotId: string;
  /** The sandbox that starts from it. */
  by: string;
}

/** Keeps a snapshot until it is released, however many come after it. `not_found` where it is gone. A repeat does nothing. */
export function pinSnapshot(context: SandboxContext, pin: Pin): Result<SandboxSnapshot> {
  const found = listSnapshots(context.record).find((one) => one.id === pin.snapshotId);
  if (found === undefined) return fail("not_found", "There is no such snapshot.");
  if (!context.record.pins.some((one) => isSame(one, pin))) save(context, { pins: [...context.record.pins, pin] });
  return ok(found);
}

/** The sandbox needs the snapshot no longer. An unknown pin is no error. */
export function releaseSnapshot(context: SandboxContext, pin: Pin): Result<null> {
  const pins = context.record.pins.filter((one) => !isSame(one, pin));
  if (pins.length < context.record.pins.length) save(context, { pins });
  dropSurplus(context);
  return ok(null);
}

function isSame(one: Pin, other: Pin): boolean {
  return one.snapshotId === other.snapshotId && one.by === other.by;
}
