import type { Approval } from "#contract/ask";
import { text } from "../../lib/text.ts";
import { Diff } from "../transcript/diff.tsx";
import { SCROLLABLE } from "../ui/scrollable.ts";

/** The exact arguments: a change of a file as a diff, a command as itself, anything else by name. */
export function ApprovalArgs({ approval }: { approval: Approval }) {
  const { args, summary } = approval;
  const path = word(args.path);
  const before = word(args.oldText ?? args.old ?? args.before);
  const after = word(args.newText ?? args.new ?? args.after ?? args.content);
  const diff = word(args.diff) ?? (after === null ? null : asDiff(before ?? "", after));
  if (path && diff !== null) {
    return (
      <div className="flex flex-col gap-1">
        <p className="font-mono text-12">{path}</p>
        <Diff diff={diff} label={text.steps.diffOf(path)} />
      </div>
    );
  }
  const command = word(args.command);
  const rest = Object.entries(args).filter(([name, value]) => name !== "command" && value !== null);
  return (
    <div className="flex flex-col gap-2">
      <pre
        {...SCROLLABLE}
        className="code max-h-60 overflow-auto whitespace-pre-wrap rounded-6 border border-n6 bg-n2 px-3 py-2"
      >
        {command ?? summary}
      </pre>
      {rest.length > 0 && (
        <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-12">
          {rest.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-n11">{name}</dt>
              <dd className="whitespace-pre-wrap font-mono">{word(value) ?? JSON.stringify(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function word(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function asDiff(before: string, after: string): string {
  const marked = (sign: string, source: string) =>
    source === ""
      ? []
      : source
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => sign + line);
  return [...marked("-", before), ...marked("+", after)].join("\n");
}
