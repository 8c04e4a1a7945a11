import { Link } from "@remix-run/react";
import { ChevronRight } from "lucide-react";
import type { ChainedEntry } from "#contract/audit";
import { type AuditFilter, pageQuery } from "../../lib/audit-query.ts";
import { actionWords, auditText } from "../../lib/text-audit.ts";

interface EntryProps {
  entry: ChainedEntry;
  /** The seq of the entry that let its request through, where this one says that it was refused or failed. */
  begun: number | null;
  filter: AuditFilter;
}

/** One entry in a line: what, who, to what and when. The rest of it unfolds. */
export function AuditEntryRow({ entry, begun, filter }: EntryProps) {
  const { actor, action, target, at, outcome } = entry;
  const name = actor.name || auditText.someone;
  return (
    <details className="group text-13">
      <summary className="flex cursor-pointer items-center gap-2 rounded-6 py-2 hover:bg-n3">
        <ChevronRight size={14} className="shrink-0 text-n11 group-open:rotate-90" aria-hidden />
        <span className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
          <span className="min-w-0 flex-1 basis-60">
            <span className="flex flex-wrap items-center gap-2 font-medium">
              {actionWords(action)}
              {outcome !== "done" && (
                <span
                  className={`rounded-6 px-1.5 text-12 ${outcome === "failed" ? "bg-red-soft text-red" : "bg-amber-soft text-amber"}`}
                >
                  {auditText.outcomes[outcome]}
                </span>
              )}
            </span>
            <span className="block truncate text-12 text-n11">
              {name}
              {target && <span className="font-mono"> · {target}</span>}
            </span>
          </span>
          <time dateTime={at} className="shrink-0 text-12 text-n11 tabular-nums">
            {auditText.at(at)}
          </time>
        </span>
      </summary>
      <div className="flex flex-col items-start gap-2 pb-3 pl-6">
        <Facts entry={entry} begun={begun} />
        {actor.memberId && actor.memberId !== filter.actor && (
          <Link to={pageQuery(filter, { actor: actor.memberId, cursor: "" })} className="text-accent underline">
            {auditText.onlyBy(name)}
          </Link>
        )}
      </div>
    </details>
  );
}

function Facts({ entry, begun }: Omit<EntryProps, "filter">) {
  const { details, outcomes, vias } = auditText;
  const { seq, action, outcome, code, target, actor, address, userAgent, requestId, before, after, digest } = entry;
  const end = code ? `${outcomes[outcome]} (${code})` : outcomes[outcome];
  const facts: [string, string | null][] = [
    [details.number, [seq, action, end, ...(begun === null ? [] : [auditText.begunAs(begun)])].join(" · ")],
    [details.target, target],
    [details.by, actor.via && vias[actor.via]],
    [details.from, address],
    [details.program, userAgent],
    [details.request, requestId],
    [details.before, before],
    [details.after, after],
    [details.digest, digest],
  ];
  return (
    <dl className="flex flex-col gap-1 text-12">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name} className="flex gap-2">
            <dt className="w-20 shrink-0 text-n11">{name}</dt>
            <dd className="min-w-0 break-all font-mono">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
