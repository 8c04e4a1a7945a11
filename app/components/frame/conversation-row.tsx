import { NavLink } from "@remix-run/react";
import type { ConversationSummary } from "#contract/conversation";
import { cost } from "../../lib/format.ts";
import { text } from "../../lib/text.ts";
import { Time } from "../ui/time.tsx";
import { StatusMark } from "./status-mark.tsx";

/** A conversation in the navigation: unread is weight and a dot, what it does is a mark with words. */
export function ConversationRow({ conversation }: { conversation: ConversationSummary }) {
  const { id, title, unread, runStatus, updatedAt, usage, pendingAsks } = conversation;
  return (
    <NavLink to={`/conversations/${id}`} className="row-link flex items-start gap-2 rounded-6 px-2 py-1.5">
      <span className="pt-0.5">
        <StatusMark status={runStatus} />
      </span>
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-center gap-2">
          <span className={`flex-1 truncate text-13 ${unread ? "font-semibold" : ""}`} title={title}>
            {title}
          </span>
          {unread && <UnreadDot />}
        </span>
        <span className="flex gap-1.5 truncate text-12 text-n11">
          <Time at={updatedAt} />
          {usage.costMicroUsd > 0 && <span>{cost(usage.costMicroUsd)}</span>}
          {pendingAsks > 0 && <span className="font-medium text-amber">{text.list.asks(pendingAsks)}</span>}
        </span>
      </span>
    </NavLink>
  );
}

export function UnreadDot() {
  return (
    <span className="inline-flex size-2 shrink-0 rounded-full bg-accent">
      <span className="sr-only">{text.list.unread}</span>
    </span>
  );
}
