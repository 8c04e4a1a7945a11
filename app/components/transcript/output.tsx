import { useState } from "react";
import type { Item } from "#contract/run";
import { bytes } from "../../lib/format.ts";
import { text } from "../../lib/text.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { SCROLLABLE } from "../ui/scrollable.ts";

const TAIL_LINES = 12;

/** What a command printed, as plain text: the last lines, and all of it when asked. */
export function Output({ source, truncation }: { source: string; truncation: Item["truncation"] }) {
  const [whole, setWhole] = useState(false);
  if (source === "") return null;
  const lines = source.replace(/\n$/, "").split("\n");
  const hidden = whole ? 0 : Math.max(0, lines.length - TAIL_LINES);
  return (
    <div className="relative overflow-hidden rounded-6 border border-n6 bg-n2">
      <div className="flex items-center gap-2 pr-1 pl-3 text-12 text-n11">
        <span className="flex-1 py-1">
          {hidden > 0 ? (
            <button type="button" className="text-accent underline underline-offset-2" onClick={() => setWhole(true)}>
              {text.steps.showAll(lines.length)}
            </button>
          ) : (
            text.steps.lines(lines.length)
          )}
        </span>
        {truncation && (
          <a href={truncation.href} className="text-accent underline underline-offset-2">
            {text.steps.wholeOutput(bytes(truncation.totalBytes))}
          </a>
        )}
        <CopyButton read={() => source} />
      </div>
      <pre {...SCROLLABLE} className="code max-h-[480px] overflow-auto border-n6 border-t px-3 py-2">
        {lines.slice(hidden).join("\n")}
      </pre>
    </div>
  );
}
