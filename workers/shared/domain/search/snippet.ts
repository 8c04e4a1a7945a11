import type { SnippetPart } from "#contract/search";

/** What the index puts around a match; searchable text never holds them. */
export const MATCH_BEGINS = "\ue000";
export const MATCH_ENDS = "\ue001";
const PART_CHARS = 120;

/** A snippet with its marks as pieces; a piece without a space to cut at, as of encoded bytes, is clipped. */
export function snippetParts(marked: string): SnippetPart[] {
  const pieces = marked.split(MATCH_BEGINS).flatMap((piece, index): SnippetPart[] => {
    if (index === 0) return [{ text: piece, match: false }];
    const [found = "", after = ""] = piece.split(MATCH_ENDS);
    return [
      { text: found, match: true },
      { text: after, match: false },
    ];
  });
  return pieces.filter((one) => one.text !== "").map((one, index) => clipped(one, index === 0));
}

/** Before the first match the end counts, elsewhere the beginning. */
function clipped({ text, match }: SnippetPart, first: boolean): SnippetPart {
  if (text.length <= PART_CHARS) return { text, match };
  const keepsEnd = first && !match;
  return { text: keepsEnd ? `…${text.slice(-PART_CHARS)}` : `${text.slice(0, PART_CHARS)}…`, match };
}
