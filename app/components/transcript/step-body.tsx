import { Circle, CircleCheck, CircleDot } from "lucide-react";
import type { Item, ItemDetail } from "#contract/run";
import { useLive } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { ProblemNotice } from "../ui/notice.tsx";
import { Diff } from "./diff.tsx";
import { Markdown } from "./markdown.tsx";
import { Output } from "./output.tsx";

/** Steps whose text is prose: what a model thought, and its summary of earlier turns. */
const PROSE: ReadonlySet<string> = new Set(["reasoning", "artifact"]);

/** What is inside a step: its exact input, then what came of it. */
export function StepBody({ item }: { item: Item }) {
  const source = useLive((store) => store.textOf(item.id));
  const { detail } = item;
  if (PROSE.has(item.kind)) return <Reasoning source={source} />;
  if (item.kind === "plan") return <Plan steps={detail.steps ?? []} />;
  if (item.kind === "error" || detail.problem) return <ErrorBody item={item} />;
  return (
    <>
      {detail.command && <Command command={detail.command} />}
      {detail.diff && <Diff diff={detail.diff} label={text.steps.diffOf(detail.path ?? "")} />}
      {!detail.command && !detail.diff && !isAsking(item) && <Args args={detail.args} />}
      <Output source={source} truncation={item.truncation} />
      {isSilent(item, source) && <p className="text-12 text-n11">{text.steps.noOutput}</p>}
    </>
  );
}

/** While a question waits, its card shows all that its arguments say. */
function isAsking(item: Item): boolean {
  return item.kind === "question" && item.status === "in_progress";
}

function isSilent(item: Item, source: string): boolean {
  return source === "" && item.status !== "in_progress" && !item.detail.diff && !item.detail.args;
}

function Reasoning({ source }: { source: string }) {
  return (
    <div className="border-n6 border-l-2 pl-3 text-n11 [&_.prose]:text-13 [&_.prose]:leading-5">
      <Markdown source={source} />
    </div>
  );
}

function Command({ command }: { command: string }) {
  return (
    <pre className="code whitespace-pre-wrap text-n12">
      <span className="select-none text-n11">$ </span>
      {command}
    </pre>
  );
}

function Args({ args }: { args: ItemDetail["args"] }) {
  const entries = Object.entries(args ?? {});
  if (entries.length === 0) return null;
  return (
    <dl className="flex flex-col gap-1 text-12">
      {entries.map(([name, value]) => (
        <div key={name} className="flex gap-2">
          <dt className="shrink-0 text-n11">{name}</dt>
          <dd className="min-w-0 whitespace-pre-wrap font-mono text-n12">
            {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const STEP_MARKS = {
  pending: { Icon: Circle, color: "text-n9" },
  in_progress: { Icon: CircleDot, color: "text-accent" },
  completed: { Icon: CircleCheck, color: "text-green" },
} as const;

function Plan({ steps }: { steps: NonNullable<ItemDetail["steps"]> }) {
  return (
    <ol className="flex flex-col gap-1">
      {steps.map(({ text: words, status }) => {
        const { Icon, color } = STEP_MARKS[status];
        return (
          <li key={words} className="flex items-start gap-2 text-13">
            <Icon size={14} className={`mt-[3px] shrink-0 ${color}`} aria-hidden />
            <span className={status === "in_progress" ? "font-medium" : status === "completed" ? "text-n11" : ""}>
              {words}
              <span className="sr-only">, {text.planStatus[status]}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function ErrorBody({ item }: { item: Item }) {
  const problem = item.detail.problem ?? { code: "internal" as const, detail: item.text || item.title };
  return <ProblemNotice problem={problem} />;
}
