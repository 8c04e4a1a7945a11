export interface DiffLine {
  key: number;
  kind: "add" | "remove" | "hunk" | "same";
  text: string;
}

/** The lines of a unified diff without the headers that come before its first hunk. */
export function diffLines(diff: string): DiffLine[] {
  const lines = diff.replace(/\n$/, "").split("\n");
  const firstHunk = Math.max(
    0,
    lines.findIndex((line) => line.startsWith("@@")),
  );
  return lines
    .map((line, key) => ({ key, text: line, kind: kindOf(line) }))
    .slice(firstHunk)
    .filter(({ text }) => !/^(?:diff --git |\\ No newline)/.test(text));
}

function kindOf(line: string): DiffLine["kind"] {
  if (line.startsWith("@@")) return "hunk";
  if (line.startsWith("+")) return "add";
  return line.startsWith("-") ? "remove" : "same";
}
