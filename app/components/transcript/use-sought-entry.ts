import { useSearchParams } from "@remix-run/react";
import { type RefObject, useEffect } from "react";
import { problemFrom } from "../../lib/api.ts";
import type { ConversationStore } from "../../lib/live/store.ts";
import { useStore } from "../../lib/live/use-live.ts";
import { useLoadOlder } from "./older-entries.tsx";

/** At most so many windows are loaded on the way back to an entry. */
const MAX_WINDOWS = 60;
const SHOWN_MS = 2_400;

interface Options {
  scroller: RefObject<HTMLElement>;
  /** Says that the reader does not follow the end any more. */
  leaveEnd: () => void;
  /** Called when older entries are on their way. */
  onLoad: () => void;
}

/** Brings the entry that the address names with `at`, a seq, into view, and marks it for a moment. */
export function useSoughtEntry({ scroller, leaveEnd, onLoad }: Options): void {
  const store = useStore();
  const loadOlder = useLoadOlder(onLoad);
  const [params] = useSearchParams();
  const at = Number(params.get("at"));
  useEffect(() => {
    if (!Number.isSafeInteger(at) || at < 1) return;
    const gone = new AbortController();
    leaveEnd();
    const arrive = () => {
      if (gone.signal.aborted) return;
      // The page's first jump to its end is told to listeners late, and would count as the reader going there.
      leaveEnd();
      show(scroller.current, at, gone.signal);
    };
    const fail = (error: unknown) => gone.signal.aborted || store.setNotice(problemFrom(error));
    reach({ store, loadOlder, gone: gone.signal }, at).then(arrive, fail);
    return () => gone.abort();
  }, [at, store, loadOlder, leaveEnd, scroller]);
}

interface Way {
  store: ConversationStore;
  loadOlder: () => Promise<void>;
  gone: AbortSignal;
}

/** Loads older windows until the entry is in one of them. */
async function reach({ store, loadOlder, gone }: Way, at: number): Promise<void> {
  for (let n = 0; n < MAX_WINDOWS && !gone.aborted && isBefore(store, at); n += 1) await loadOlder();
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

/** Whether the page's window begins after this place. */
function isBefore({ state }: ConversationStore, at: number): boolean {
  return state.fromSeq > 1 && (at < state.fromSeq || at < (state.fromItemSeq ?? 0));
}

function show(scroller: HTMLElement | null, at: number, gone: AbortSignal): void {
  const entry = scroller?.querySelector<HTMLElement>(`[data-seq="${at}"]`);
  if (!entry) return;
  const step = entry.querySelector(":scope > details");
  if (step instanceof HTMLDetailsElement) step.open = true;
  entry.scrollIntoView({ block: "center" });
  entry.dataset.sought = "";
  const end = () => delete entry.dataset.sought;
  const timer = setTimeout(end, SHOWN_MS);
  gone.addEventListener("abort", () => {
    clearTimeout(timer);
    end();
  });
}
