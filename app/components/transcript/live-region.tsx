import { useEffect, useRef, useState } from "react";
import type { ConversationStore } from "../../lib/live/store.ts";
import { useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";

const EVERY_MS = 3_000;

interface Seen {
  messages: number;
  finished: number;
  asks: number;
  steps: number;
}

/** Tells screen readers, politely and in batches, what has happened since the last time. */
export function LiveRegion() {
  const store = useStore();
  const seen = useRef<Seen | null>(null);
  const [words, setWords] = useState("");
  useEffect(() => {
    seen.current = countsOf(store);
    const timer = setInterval(() => {
      const now = countsOf(store);
      const news = seen.current ? newsSince(seen.current, now) : "";
      seen.current = now;
      if (news) setWords(news);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [store]);
  return (
    <p className="sr-only" role="status" aria-live="polite">
      {words}
    </p>
  );
}

function countsOf({ state }: ConversationStore): Seen {
  return {
    messages: state.messages.size,
    finished: [...state.runs.values()].filter((one) => one.finishedAt !== null).length,
    asks: (state.head?.approvals.length ?? 0) + (state.head?.questions.length ?? 0),
    steps: [...state.items.values()].filter((one) => one.status !== "in_progress").length,
  };
}

function newsSince(before: Seen, now: Seen): string {
  const { announce } = text;
  const parts = [
    now.asks > before.asks ? announce.asks(now.asks) : "",
    now.messages > before.messages ? announce.messages(now.messages - before.messages) : "",
    now.steps > before.steps ? announce.steps(now.steps - before.steps) : "",
    now.finished > before.finished ? announce.finished : "",
  ];
  return parts.filter(Boolean).join(" ");
}
