import { Circle, CircleAlert, CircleCheck, CircleDashed, CircleDot, CirclePause, CircleSlash } from "lucide-react";
import type { RunStatus } from "#contract/run";
import { text } from "../../lib/text.ts";

const MARKS = {
  queued: { Icon: CircleDashed, color: "text-n10" },
  running: { Icon: CircleDot, color: "text-accent pulse" },
  waiting: { Icon: CirclePause, color: "text-amber" },
  succeeded: { Icon: CircleCheck, color: "text-green" },
  failed: { Icon: CircleAlert, color: "text-red" },
  cancelled: { Icon: CircleSlash, color: "text-n10" },
  none: { Icon: Circle, color: "text-n9" },
} as const;

/** What a run is doing, by shape and colour, and in words for those who see neither. */
export function StatusMark({ status, size = 14 }: { status: RunStatus | null; size?: number }) {
  const { Icon, color } = MARKS[status ?? "none"];
  const label = status ? text.runStatus[status] : text.runStatus.none;
  return (
    <span className="inline-flex shrink-0" title={label}>
      <Icon size={size} className={color} aria-hidden />
      <span className="sr-only">{label}</span>
    </span>
  );
}
