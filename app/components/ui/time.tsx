import { useEffect, useState } from "react";
import { absoluteTime, relativeTime } from "../../lib/format.ts";

/** How long ago, with the absolute time on hover. The server prints the date; the reader's clock takes over. */
export function Time({ at, className = "" }: { at: string; className?: string }) {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={absoluteTime(at)} className={className}>
      {now === null ? at.slice(0, 10) : relativeTime(at, now)}
    </time>
  );
}
