import { SCROLLABLE } from "../ui/scrollable.ts";

interface DiffLine {
  key: number;
  kind: "add" | "remove" | "hunk" | "same";
  text: string;
}

const HIDDEN = /^(?:diff --git|index |--- |\+\+\+ |new file mode|deleted file mode|\\ No newline)/;

/** The lines of a unified diff without its file headers. */
export function diffLines(diff: string): DiffLine[] {
  const lines = diff.replace(/\n$/, "").split("\n");
  const firstHunk = lines.findIndex((line) => line.startsWith("@@"));
  return lines
    .map((line, key) => ({ key, text: line, kind: kindOf(line) }))
    .filter(({ key, text }) => !(key <= Math.max(firstHunk, 4) && HIDDEN.test(text)));
}

function kindOf(line: string): DiffLine["kind"] {
  if (line.startsWith("@@")) return "hunk";
  if (line.startsWith("+")) return "add";
  return line.startsWith("-") ? "remove" : "same";
}

/** A unified diff in one column; added and removed lines keep their signs, so that colour is not the only mark. */
export function Diff({ diff, label }: { diff: string; label: string }) {
  return (
    <section
      {...SCROLLABLE}
      aria-label={label}
      className="code max-h-[420px] overflow-auto rounded-6 border border-n6 bg-n1 py-1"
    >
      {diffLines(diff).map((line) => (
        <span key={line.key} className="diff-line" data-kind={line.kind}>
          {line.text || " "}
        </span>
      ))}
    </section>
  );
}
