import { useSyncExternalStore } from "react";
import { absoluteTime, relativeTime } from "../../lib/format.ts";

const TICK_MS = 30_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = 0;

/** One clock for every time on the page; it stands still while nobody looks. */
function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) timer = setInterval(tick, TICK_MS);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

function tick(): void {
  nowMs = Date.now();
  for (const listener of listeners) listener();
}

function readNow(): number | null {
  if (listeners.size === 0 || nowMs === 0) nowMs = Math.floor(Date.now() / TICK_MS) * TICK_MS;
  return nowMs;
}

/** How long ago, with the absolute time on hover. The server prints the date; the reader's clock takes over. */
export function Time({ at, className = "" }: { at: string; className?: string }) {
  const now = useSyncExternalStore(subscribe, readNow, () => null);
  return (
    <time dateTime={at} title={absoluteTime(at)} className={className}>
      {now === null ? at.slice(0, 10) : relativeTime(at, now)}
    </time>
  );
}
