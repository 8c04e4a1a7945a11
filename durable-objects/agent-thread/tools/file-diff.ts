import { createTwoFilesPatch, structuredPatch } from "diff";

export interface TextChange {
  diff: string;
  added: number;
  removed: number;
}

const MAX_DIFF_CHARS = 60_000;
const MAX_COMPARED_CHARS = 1_000_000;
const TIME_LIMIT_MS = 500;

/** The unified diff of a file's two texts (null: it does not exist) and how many lines it adds and removes. */
export function diffTexts(path: string, before: string | null, after: string): TextChange {
  const older = before ?? "";
  if (older.length + after.length > MAX_COMPARED_CHARS) return uncompared(older, after);
  const options = { context: 3, timeout: TIME_LIMIT_MS };
  const names = [before === null ? "/dev/null" : `a/${path}`, `b/${path}`] as const;
  const patch = structuredPatch(names[0], names[1], older, after, undefined, undefined, options);
  const text = createTwoFilesPatch(names[0], names[1], older, after, undefined, undefined, options);
  if (!patch || !text) return uncompared(older, after);
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  const diff = text.replace(/^=+\n/, "");
  return {
    diff:
      diff.length > MAX_DIFF_CHARS ? `${diff.slice(0, MAX_DIFF_CHARS)}\n… the rest of the diff is left out …\n` : diff,
    added: lines.filter((line) => line.startsWith("+")).length,
    removed: lines.filter((line) => line.startsWith("-")).length,
  };
}

/** Texts too large or too different to compare: everything old goes, everything new comes. */
function uncompared(before: string, after: string): TextChange {
  return { diff: "", added: countLines(after), removed: countLines(before) };
}

export function countLines(text: string): number {
  if (text === "") return 0;
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}
