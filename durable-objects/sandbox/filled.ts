import { isoTime } from "#platform/clock";
import type { Restored } from "./restore.ts";

/** How a workspace came to its files, and what there was before. */
export interface Filling {
  restored: Restored | null;
  /** There was a filled workspace before this one. */
  replaced: boolean;
  /** Something had changed in it since its last snapshot. */
  lost: boolean;
  repository: boolean;
  now: number;
}

/** Plain words on where the files of a new workspace are from; null where nothing needs saying. */
export function fillingWords(filling: Filling): string | null {
  const { restored, replaced, lost } = filling;
  const began = replaced && (lost || restored?.from !== "last") ? "Replaced. " : "";
  if (restored !== null) {
    return `${began}Files are as of ${clock(restored.at, filling.now)}, from ${SOURCES[restored.from]}.`;
  }
  if (!replaced) return null;
  const how = filling.repository
    ? "The repository was cloned anew; what was changed before is lost."
    : "The workspace is empty; what was in it is lost.";
  return `${began}${how}`;
}

const SOURCES: Record<Restored["from"], string> = {
  last: "the last snapshot",
  older: "an older snapshot, because a newer one was damaged",
  other: "the conversation this one was forked from",
};

/** The time in UTC, with its day where that is not today. */
function clock(at: string, now: number): string {
  const time = `${at.slice(11, 16)} UTC`;
  return at.slice(0, 10) === isoTime(now).slice(0, 10) ? time : `${at.slice(0, 10)} ${time}`;
}
