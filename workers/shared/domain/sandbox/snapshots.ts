import type { ConversationHead } from "#contract/conversation";
import { LIMITS } from "#contract/limits";
import type { SnapshotMark, SnapshotSource } from "#contract/sandbox";

/**
 * The known snapshots after the sandbox said which is its newest. A known one that is newest again means that those after
 * it were damaged and are gone. Oldest first; what no longer fits falls out at the front, and the sandbox deletes it.
 */
export function snapshotsAfter(known: readonly SnapshotMark[], newest: SnapshotMark | null): SnapshotMark[] {
  if (newest === null) return [];
  const at = known.findIndex((one) => one.id === newest.id);
  return at === -1 ? [...known, newest].slice(-LIMITS.snapshotsKept) : known.slice(0, at + 1);
}

/** The newest snapshot that holds nothing from after `atSeq`; null where there is none. The order of the list is free. */
export function nearestSnapshot<S extends Pick<SnapshotMark, "id" | "atSeq">>(
  snapshots: readonly S[],
  atSeq: number,
): S | null {
  return snapshots.reduce<S | null>((best, one) => {
    if (one.atSeq > atSeq) return best;
    return best === null || isLater(one, best) ? one : best;
  }, null);
}

/**
 * Where the files of a fork at a seq come from: the nearest snapshot, or else what its origin, itself a fork, began with; null
 * where there is neither.
 */
export function sourceAt(
  origin: Pick<ConversationHead, "sandboxId" | "snapshots" | "restoreFrom" | "forkedFrom">,
  atSeq: number,
): SnapshotSource | null {
  const nearest = nearestSnapshot(origin.snapshots, atSeq);
  if (nearest !== null && origin.sandboxId !== null) return { sandboxId: origin.sandboxId, snapshotId: nearest.id };
  return atSeq >= (origin.forkedFrom?.atSeq ?? 0) ? origin.restoreFrom : null;
}

/** Two of one seq are told apart by their ids, which sort by time. */
function isLater(one: Pick<SnapshotMark, "id" | "atSeq">, other: Pick<SnapshotMark, "id" | "atSeq">): boolean {
  return one.atSeq > other.atSeq || (one.atSeq === other.atSeq && one.id > other.id);
}

/** Which snapshots stay: the newest few and those that are pinned. Their order is kept. */
export function retained<S extends { id: string }>(snapshots: readonly S[], pinned: ReadonlySet<string>): S[] {
  const newest = new Set(snapshots.slice(-LIMITS.snapshotsKept));
  return snapshots.filter((one) => newest.has(one) || pinned.has(one.id));
}
