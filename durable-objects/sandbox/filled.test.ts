import { expect, test } from "vitest";
import { type Filling, fillingWords } from "./filled.ts";

const now = Date.parse("2026-11-20T14:00:00.000Z");
const restored = { baseCommit: null, at: "2026-11-20T12:03:59.000Z", from: "last" as const };
const filling: Filling = { restored, replaced: true, lost: true, repository: true, now };

test.each<[Partial<Filling>, string | null]>([
  [{}, "Replaced. Files are as of 12:03 UTC, from the last snapshot."],
  [{ lost: false }, "Files are as of 12:03 UTC, from the last snapshot."],
  [
    { restored: { ...restored, at: "2026-11-19T23:59:00.000Z" } },
    "Replaced. Files are as of 2026-11-19 23:59 UTC, from the last snapshot.",
  ],
  [
    { restored: { ...restored, from: "older" }, lost: false },
    "Replaced. Files are as of 12:03 UTC, from an older snapshot, because a newer one was damaged.",
  ],
  [
    { restored: { ...restored, from: "other" }, replaced: false, lost: false },
    "Files are as of 12:03 UTC, from the conversation this one was forked from.",
  ],
  [{ restored: null }, "Replaced. The repository was cloned anew; what was changed before is lost."],
  [{ restored: null, repository: false }, "Replaced. The workspace is empty; what was in it is lost."],
  [{ restored: null, replaced: false, lost: false }, null],
])("SB65 %j is told as %s", (change, words) => {
  expect(fillingWords({ ...filling, ...change })).toBe(words);
});
