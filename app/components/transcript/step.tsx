import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Item } from "#contract/run";
import { useLive } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { useScripted } from "../../lib/use-scripted.ts";
import { PendingAsk } from "../asks/pending-ask.tsx";
import { StepBody } from "./step-body.tsx";
import { stepFace } from "./step-face.ts";

const BAD = new Set(["failed", "interrupted", "declined", "cancelled"]);

/** A step of a run: one line, open while it works, and as the person leaves it afterwards. */
export function Step({ item }: { item: Item }) {
  const [chosen, setChosen] = useState<boolean | null>(null);
  const asks = useLive((store) => {
    const head = store.state.head;
    return (
      (head?.approvals.find((one) => one.itemId === item.id) ??
        head?.questions.find((one) => one.itemId === item.id)) !== undefined
    );
  });
  const active = item.status === "in_progress";
  const open = chosen ?? (asks || opensByItself(item));
  const scripted = useScripted();
  return (
    <div className={item.parentId ? "ml-5" : ""} data-seq={item.seq}>
      <details
        open={open}
        className="group/step"
        data-kind={item.kind}
        onToggle={(event) => {
          if (event.currentTarget.open !== open) setChosen(event.currentTarget.open);
        }}
      >
        <summary className="-mx-2 flex min-h-7 items-center gap-2 rounded-6 px-2 text-13 text-n11 hover:bg-n3 pointer-coarse:min-h-10">
          <StepLine item={item} active={active} />
          <ChevronRight
            size={14}
            className="ml-auto shrink-0 transition-transform duration-100 group-open/step:rotate-90"
            aria-hidden
          />
        </summary>
        {(open || !scripted) && (
          <div className="flex flex-col gap-2 py-1.5 pl-6">
            <StepBody item={item} />
          </div>
        )}
      </details>
      {asks && (
        <div className="py-2 pl-6">
          <PendingAsk itemId={item.id} />
        </div>
      )}
    </div>
  );
}

function StepLine({ item, active }: { item: Item; active: boolean }) {
  const { Icon, verb, object, took } = stepFace(item);
  const { added, removed } = item.detail;
  return (
    <>
      <Icon size={14} className={`shrink-0 ${active ? "pulse text-accent" : ""}`} aria-hidden />
      <span className={`${active ? "font-medium text-n12" : ""} ${object ? "shrink-0" : "min-w-0 truncate"}`}>
        {verb}
      </span>
      {object && (
        <span className="min-w-0 truncate font-mono text-12 text-n12" title={object}>
          {object}
        </span>
      )}
      {added !== undefined && <Counts added={added} removed={removed ?? 0} />}
      <Outcome item={item} />
      {active && <span className="sr-only">{text.itemStatus.in_progress}</span>}
      {took && <span className="shrink-0 text-12 text-n11">{took}</span>}
    </>
  );
}

/** How a step ended, where it did not end well. */
function Outcome({ item: { status, detail } }: { item: Item }) {
  if (!BAD.has(status)) return null;
  const exited = status === "failed" && detail.exitCode !== undefined;
  return (
    <span className="shrink-0 text-12 text-red">
      {exited ? text.steps.exit(detail.exitCode ?? 0) : text.itemStatus[status]}
    </span>
  );
}

/** How many lines came and went. */
export function Counts({ added, removed }: { added: number; removed: number }) {
  return (
    <span className="shrink-0 font-mono text-12" title={text.steps.counts(added, removed)}>
      <span className="text-green">+{added}</span> <span className="text-red">−{removed}</span>
    </span>
  );
}

function opensByItself(item: Item): boolean {
  if (item.kind === "reasoning") return false;
  if (item.kind === "plan" || item.kind === "error") return true;
  return item.status === "in_progress";
}
