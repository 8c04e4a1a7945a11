import { describe, expect, it } from "vitest";
import { MATCH_BEGINS, MATCH_ENDS, snippetParts } from "./snippet.ts";

const marked = (text: string) => text.replaceAll("[", MATCH_BEGINS).replaceAll("]", MATCH_ENDS);

describe("a snippet in pieces", () => {
  it("tells matches from the words around them", () => {
    expect(snippetParts(marked("…the [quick] brown [fox]"))).toEqual([
      { text: "…the ", match: false },
      { text: "quick", match: true },
      { text: " brown ", match: false },
      { text: "fox", match: true },
    ]);
    expect(snippetParts(marked("[a]"))).toEqual([{ text: "a", match: true }]);
    expect(snippetParts("")).toEqual([]);
  });

  it("keeps of a long piece what is next to the match", () => {
    const [before, match, after] = snippetParts(marked(`${"x".repeat(300)}y[found]z${"x".repeat(300)}`));
    expect(before?.text).toMatch(/^…x{119}y$/);
    expect(match).toEqual({ text: "found", match: true });
    expect(after?.text).toMatch(/^zx{119}…$/);
  });

  it("takes markup as text", () => {
    expect(snippetParts(marked("<b>[x]</b>")).map((one) => one.text)).toEqual(["<b>", "x", "</b>"]);
  });
});
