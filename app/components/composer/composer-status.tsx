import { CloudOff, LoaderCircle } from "lucide-react";
import type { Presence } from "#contract/frame";
import { useLive } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";

/** The honest state of the connection, and who else is here. It takes no room while all is well and quiet. */
export function ComposerStatus() {
  const state = useLive((store) => store.connectionState);
  const presence = useLive((store) => store.presence);
  const self = useLive((store) => store.memberId);
  const others = wordsFor(presence.filter((one) => one.memberId !== self));
  if (state === "live" || state === "connecting") {
    return others ? <p className="truncate text-12 text-n11">{others}</p> : null;
  }
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
