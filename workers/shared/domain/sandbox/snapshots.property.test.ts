import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "#contract/limits";
import type { SnapshotMark } from "#contract/sandbox";
import { nearestSnapshot, retained, snapshotsAfter } from "./snapshots.ts";

const markOf = (n: number, atSeq: number): SnapshotMark => ({
  id: `snp_${n.toString(16).padStart(32, "0")}`,
  at: "2026-11-20T12:00:00.000Z",
  atSeq,
  sizeBytes: n,
});
/** Snapshots as a sandbox makes them: their seqs never fall. */
const history = fc
  .array(fc.nat(5), { maxLength: 30 })
  .map((steps) => steps.map((_, n) => steps.slice(0, n + 1).reduce((sum, step) => sum + step, 0)))
  .map((seqs) => seqs.map((seq, n) => markOf(n, seq)));

describe("snapshots", () => {
  test("SB61 the nearest is at or before the seq, and none is nearer, in whatever order they are listed", () => {
    fc.assert(
      fc.property(history, fc.nat(200), fc.integer(), (marks, atSeq, turn) => {
        const by = marks.length === 0 ? 0 : Math.abs(turn) % marks.length;
        const listed = [...marks.slice(by), ...marks.slice(0, by)];
        const before = marks.filter((one) => one.atSeq <= atSeq);
        expect(nearestSnapshot(listed, atSeq)).toEqual(before.at(-1) ?? null);
      }),
    );
  });

  test("CV60 the head's list is the sandbox's newest, each once, whatever is said again", () => {
    fc.assert(
      fc.property(history, fc.nat(3), (marks, again) => {
        const said = marks.flatMap((one) => Array<SnapshotMark>(again + 1).fill(one));
        const list = said.reduce<SnapshotMark[]>((known, one) => snapshotsAfter(known, one), []);
        expect(list).toEqual(marks.slice(-LIMITS.snapshotsKept));
        expect(snapshotsAfter(list, null)).toEqual([]);
      }),
    );
  });

  test("CV60 what was damaged falls out when an earlier one is the newest again", () => {
    const [a, b, c] = [markOf(1, 4), markOf(2, 8), markOf(3, 9)];
    expect(snapshotsAfter([a, b, c], b)).toEqual([a, b]);
  });

  test("SB66 the newest and the pinned stay, in order", () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat(30)), (marks, numbers) => {
        const pinned = new Set(numbers.map((n) => markOf(n, 0).id));
        const kept = retained(marks, pinned);
        expect(kept.slice(-1)).toEqual(marks.slice(-1));
        expect(kept).toEqual(marks.filter((one) => kept.includes(one)));
        const extra = kept.slice(0, -LIMITS.snapshotsKept);
        expect(extra.every((one) => pinned.has(one.id))).toBe(true);
        expect(marks.filter((one) => pinned.has(one.id)).every((one) => kept.includes(one))).toBe(true);
      }),
    );
  });
});
