import { SCROLLABLE } from "../ui/scrollable.ts";
import { diffLines } from "./diff-lines.ts";

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
