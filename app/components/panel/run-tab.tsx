import type { ReactNode } from "react";
import type { Run } from "#contract/run";
import { between, costOf, count } from "../../lib/format.ts";
import { useHead, useLive } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { StatusMark } from "../frame/status-mark.tsx";
import { ModelName } from "../transcript/model-name.tsx";
import { Empty } from "../ui/page.tsx";
import { SCROLLABLE } from "../ui/scrollable.ts";
import { Time } from "../ui/time.tsx";
import { ConversationBudget } from "./conversation-budget.tsx";
import { UsageTable } from "./usage-table.tsx";

/** What the runs of this conversation took, newest first. */
export default function RunTab() {
  const head = useHead();
  const entries = useLive((store) => store.timeline.entries);
  const runIds = entries.filter((one) => one.kind === "run").map((one) => one.id);
  return (
    <section {...SCROLLABLE} className="flex h-full flex-col gap-4 overflow-y-auto p-4" aria-label={text.panel.tab.run}>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Fact name={text.run.cost}>{costOf(head.usage)}</Fact>
        <Fact name={text.run.input}>{count(head.usage.inputTokens)}</Fact>
        <Fact name={text.run.output}>{count(head.usage.outputTokens)}</Fact>
        <Fact name={text.run.cached}>{count(head.usage.cachedTokens)}</Fact>
      </dl>
      <UsageTable conversationId={head.id} usage={head.usage} />
      <ConversationBudget conversationId={head.id} costMicroUsd={head.usage.costMicroUsd} />
      {runIds.length === 0 && <Empty title={text.run.emptyTitle} detail={text.run.emptyDetail} />}
      <ol className="flex flex-col gap-3">
        {[...runIds].reverse().map((id) => (
          <li key={id}>
            <RunCard runId={id} />
          </li>
        ))}
      </ol>
      <a
        className="self-start text-13 text-accent underline underline-offset-2"
        href={`/api/conversations/${head.id}/events?since=0&limit=500`}
      >
        {text.run.rawEvents}
      </a>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-12 text-n11">{name}</dt>
      <dd className="text-15 tabular-nums">{children}</dd>
    </div>
  );
}

function RunCard({ runId }: { runId: string }) {
  const run = useLive((store) => store.state.runs.get(runId));
  if (!run) return null;
  return (
    <details className="rounded-10 border border-n6" open={run.finishedAt === null}>
      <summary className="flex flex-wrap items-center gap-x-2 px-3 py-2 text-13">
        <StatusMark status={run.status} />
        <span className="font-medium">{text.runStatus[run.status]}</span>
        <Time at={run.startedAt ?? run.queuedAt} className="text-12 text-n11" />
        <span className="flex-1" />
        <span className="text-12 text-n11">
          {[between(run.startedAt, run.finishedAt), costOf(run.usage)].filter(Boolean).join(" · ")}
        </span>
      </summary>
      <div className="flex flex-col gap-3 border-n6 border-t p-3">
        <dl className="grid grid-cols-2 gap-3">
          <Fact name={text.run.engine}>{text.executor[run.executor]}</Fact>
          <Fact name={text.run.model}>
            <ModelName id={run.model} />
          </Fact>
          <Fact name={text.run.autonomy}>{text.autonomy[run.autonomy]}</Fact>
          <Fact name={text.run.tokens}>
            {text.run.inOut(count(run.usage.inputTokens), count(run.usage.outputTokens))}
          </Fact>
        </dl>
        <Timeline run={run} />
      </div>
    </details>
  );
}

const NONE: readonly string[] = [];

function Timeline({ run }: { run: Run }) {
  const ids = useLive((store) => store.timeline.itemsOf.get(run.id)) ?? NONE;
  return (
    <ol className="flex flex-col gap-1 text-12">
      {ids.map((id) => (
        <TimelineRow key={id} itemId={id} />
      ))}
    </ol>
  );
}

function TimelineRow({ itemId }: { itemId: string }) {
  const item = useLive((store) => store.state.items.get(itemId));
  if (!item) return null;
  return (
    <li className="flex gap-2">
      <span className="shrink-0 text-n11 tabular-nums">{item.startedAt.slice(11, 19)}</span>
      <span className="min-w-0 flex-1 truncate">{item.title || text.itemKind[item.kind]}</span>
      <span className="shrink-0 text-n11">
        {between(item.startedAt, item.completedAt) ?? text.itemStatus[item.status]}
      </span>
    </li>
  );
}
