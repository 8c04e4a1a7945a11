import { describe, expect, it } from "vitest";
import { matchQuery } from "./match-query.ts";

describe("what a person typed as a full-text expression", () => {
  it.each([
    ["hello", '"hello" *'],
    ["  two   words ", '"two" AND "words" *'],
    ["foo_bar.ts", '"foo_bar.ts" *'],
    ['a"b', '"a""b" *'],
    ["NEAR(a b, 2) OR text:c*", '"NEAR(a" AND "b," AND "2)" AND "OR" AND "text:c*" *'],
    ["ein größeres Übel", '"ein" AND "größeres" AND "Übel" *'],
    ["a\u0000b", '"a" AND "b" *'],
    ["- a -", '"a" *'],
  ])("%j is %s", (typed, expected) => expect(matchQuery(typed)).toBe(expected));

  it.each(["", "  ", '"', "-- !? ()*", "\u0000"])("%j holds nothing to search for", (typed) =>
    expect(matchQuery(typed)).toBeNull(),
  );

  it("takes at most 16 words", () => {
    const words = Array.from({ length: 40 }, (_, n) => `w${n}`).join(" ");
    expect(matchQuery(words)?.split(" AND ")).toHaveLength(16);
  });
});
