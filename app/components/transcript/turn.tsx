import { RotateCcw } from "lucide-react";
import { memo, useDeferredValue } from "react";
import type { Item, Run } from "#contract/run";
import type { ConversationState } from "#domain/conversation/evolve";
import { between, costOf, tokens } from "../../lib/format.ts";
import { useLive, useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { ForkButton } from "../fork/fork.tsx";
import { StatusMark } from "../frame/status-mark.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Time } from "../ui/time.tsx";
import { Markdown } from "./markdown.tsx";
import { MessageEntry } from "./message-entry.tsx";
import { ModelName } from "./model-name.tsx";
import { Step } from "./step.tsx";

const NO_ITEMS: readonly string[] = [];

/** One turn of an agent: who, with what, and its steps in order. */
export const Turn = memo(function Turn({ runId }: { runId: string }) {
  const run = useLive((store) => store.state.runs.get(runId));
  const itemIds = useLive((store) => store.timeline.itemsOf.get(runId)) ?? NO_ITEMS;
  const name = useLive((store) => store.state.head?.participants.find((one) => one.kind === "agent")?.name);
  if (!run) return null;
  return (
    <article
      className="group/turn border-n6 border-l-2 pl-4 sm:pl-5"
      aria-label={text.turn.label(name ?? text.turn.agent)}
    >
      <TurnHeader run={run} name={name ?? text.turn.agent} />
      <div className="flex flex-col gap-1 pt-1">
        {itemIds.map((id, index) => (
          <TurnPart key={id} id={id} before={itemIds[index - 1]} ended={run.finishedAt !== null} />
        ))}
      </div>
      <TurnEnd run={run} lastId={itemIds.at(-1) ?? null} />
    </article>
  );
});

function TurnHeader({ run, name }: { run: Run; name: string }) {
  return (
    <header className="flex min-h-6 flex-wrap items-center gap-x-2 text-12 text-n11">
      <h2 className="font-semibold text-13 text-n12">{name}</h2>
      {run.status !== "succeeded" && <StatusMark status={run.status} />}
      <ModelName id={run.model} />
      <span>{text.executor[run.executor]}</span>
      <Time at={run.startedAt ?? run.queuedAt} />
      <span className="flex-1" />
      {run.finishedAt && (
        <span className="flex items-center gap-1 transition-opacity duration-100 group-focus-within/turn:opacity-100 group-hover/turn:opacity-100 sm:opacity-0 pointer-coarse:opacity-100">
          {[between(run.startedAt, run.finishedAt), tokens(run.usage), costOf(run.usage)].filter(Boolean).join(" · ")}
          {run.endSeq && <ForkButton atSeq={run.endSeq} />}
        </span>
      )}
    </header>
  );
}

interface TurnPartProps {
  id: string;
  before: string | undefined;
  /** The run is over: a step that still counts as working was cut off. */
  ended: boolean;
}

function TurnPart({ id, before, ended }: TurnPartProps) {
  const item = useLive((store) => store.state.items.get(id));
  const title = useLive((store) => groupTitle(store.state, item?.groupId, before));
  if (!item) return <MessageEntry messageId={id} />;
  return (
    <>
      {title && <h3 className="pt-2 font-medium text-12 text-n11">{title}</h3>}
      {item.kind === "text" ? (
        <Prose itemId={id} seq={item.seq} nested={item.parentId !== null} />
      ) : (
        <Step item={ended ? settled(item) : item} />
      )}
    </>
  );
}

function settled(item: Item): Item {
  return item.status === "in_progress" ? { ...item, status: "interrupted" } : item;
}

/** The title of the group that begins with this item, if one does. */
function groupTitle({ groups, items }: ConversationState, groupId: string | null | undefined, before = ""): string {
  if (!groupId || items.get(before)?.groupId === groupId) return "";
  return groups.get(groupId)?.title ?? "";
}

/** What the agent says; what a sub-agent says to it is indented and smaller. */
function Prose({ itemId, seq, nested }: { itemId: string; seq: number; nested: boolean }) {
  const source = useLive((store) => store.textOf(itemId));
  const shown = useDeferredValue(source);
  if (source === "") return null;
  return (
    <div className={nested ? "ml-5 py-1 text-n11 [&_.prose]:text-13 [&_.prose]:leading-5" : "py-2"} data-seq={seq}>
      <Markdown source={shown} />
    </div>
  );
}

interface TurnEndProps {
  run: Run;
  lastId: string | null;
}

function TurnEnd({ run, lastId }: TurnEndProps) {
  const store = useStore();
  if (run.status === "running" && lastId === null) return <p className="py-1 text-13 text-n11">{text.turn.starting}</p>;
  if (run.status === "waiting" && run.waitingFor)
    return <p className="py-1 text-13 text-amber">{text.waitingFor[run.waitingFor]}</p>;
  if (run.stopReason === "replayed") return <p className="py-1 text-13 text-n11">{text.recording.same}</p>;
  if (run.stopReason === "recording_ended") return <p className="py-1 text-13 text-n11">{text.recording.ended}</p>;
  if (run.status !== "failed" && run.status !== "cancelled") return null;
  return (
    <div className="flex flex-col items-start gap-2 pt-2">
      {run.status === "failed" ? (
        <Failure run={run} lastId={lastId} />
      ) : (
        <p className="text-13 text-n11">{text.turn.cancelled}</p>
      )}
      <Button onClick={() => store.attempt({ type: "run.retry", runId: run.id })}>
        <RotateCcw size={14} aria-hidden />
        {text.turn.retry}
      </Button>
    </div>
  );
}

/** Why a run failed, unless its last step has just said so. */
function Failure({ run, lastId }: TurnEndProps) {
  const said = useLive((store) => store.state.items.get(lastId ?? "")?.kind === "error");
  if (said) return <p className="text-13 text-n11">{text.turn.keptSoFar}</p>;
  return (
    <Notice look="error">
      {run.problem?.detail ?? text.turn.failed} {text.turn.keptSoFar}
    </Notice>
  );
}
