import { CloudOff, LoaderCircle, X } from "lucide-react";
import type { Presence } from "#contract/frame";
import type { ConnectionState } from "../../lib/live/connection.ts";
import { useHead, useLive, useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { IconButton } from "../ui/button.tsx";
import { Notice, ProblemNotice } from "../ui/notice.tsx";

/** What was refused, the honest state of the connection, and who else is here. No room while all is well and quiet. */
export function ComposerStatus() {
  const state = useLive((store) => store.connectionState);
  return (
    <>
      <Refusal />
      <SandboxTrouble />
      {isAway(state) ? <Away state={state} /> : <Others />}
    </>
  );
}

function SandboxTrouble() {
  const { sandbox } = useHead();
  if (sandbox.state !== "failed") return null;
  return (
    <Notice look="error">
      {sandbox.detail ?? text.sandbox.failed} {text.sandbox.afterFailure}
    </Notice>
  );
}

function Refusal() {
  const store = useStore();
  const notice = useLive((one) => one.notice);
  if (!notice) return null;
  return (
    <div className="flex items-start gap-1">
      <div className="min-w-0 flex-1">
        <ProblemNotice problem={notice} />
      </div>
      <IconButton label={text.actions.close} onClick={() => store.setNotice(null)}>
        <X size={14} aria-hidden />
      </IconButton>
    </div>
  );
}

type AwayState = "catching_up" | "reconnecting" | "offline";

function isAway(state: ConnectionState): state is AwayState {
  return state === "catching_up" || state === "reconnecting" || state === "offline";
}

function Away({ state }: { state: AwayState }) {
  const Icon = state === "offline" ? CloudOff : LoaderCircle;
  return (
    <p
      role="status"
      className="flex items-center gap-2 rounded-6 border border-amber-line bg-amber-soft px-3 py-1.5 text-12 text-n12"
    >
      <Icon size={14} className="shrink-0 text-amber" aria-hidden />
      {text.connection[state]}
    </p>
  );
}

function Others() {
  const presence = useLive((store) => store.presence);
  const self = useLive((store) => store.memberId);
  const words = wordsFor(presence.filter((one) => one.memberId !== self));
  return words ? <p className="truncate text-12 text-n11">{words}</p> : null;
}

function wordsFor(others: Presence[]): string {
  const namesOf = (state: Presence["state"]) => [
    ...new Set(others.filter((one) => one.state === state).map((one) => one.name)),
  ];
  const typing = namesOf("typing");
  const viewing = namesOf("viewing").filter((name) => !typing.includes(name));
  return [typing.length > 0 && text.presence.typing(typing), viewing.length > 0 && text.presence.viewing(viewing)]
    .filter(Boolean)
    .join(" ");
}
