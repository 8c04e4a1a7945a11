import { type RefObject, useCallback, useRef, useState } from "react";
import { problemFrom } from "../../lib/api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { useHead, useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { useScripted } from "../../lib/use-scripted.ts";
import { Button } from "../ui/button.tsx";
import { useIsomorphicLayoutEffect } from "./use-stick-to-end.ts";

/** Loads the window before the page's. `onLoad` is called when its entries are on their way. */
export function useLoadOlder(onLoad: () => void): () => Promise<void> {
  const store = useStore();
  const { id } = useHead();
  return useCallback(
    () =>
      store.loadOlder((before, beforeItem) => {
        onLoad();
        return browserApi.conversations.older(id, { before, ...(beforeItem === null ? {} : { beforeItem }) });
      }),
    [store, id, onLoad],
  );
}

/** The way to what came before the page's window. */
export function OlderEntries({ onLoad }: { onLoad: () => void }) {
  const store = useStore();
  const loadOlder = useLoadOlder(onLoad);
  const [busy, setBusy] = useState(false);
  const scripted = useScripted();
  const load = async () => {
    setBusy(true);
    try {
      await loadOlder();
    } catch (error) {
      store.setNotice(problemFrom(error));
    }
    setBusy(false);
  };
  if (!scripted) return null;
  return (
    <Button className="self-center" disabled={busy} onClick={() => void load()}>
      {busy ? text.transcript.loadingOlder : text.transcript.older}
    </Button>
  );
}

/**
 * Keeps what the reader looks at where it is when entries come before it: the distance to the end is the same before and
 * after. Gives what to call when such entries are on their way; `first` is the first entry on the page.
 */
export function useKeptPlace(scroller: RefObject<HTMLElement>, first: string | undefined): () => void {
  const expecting = useRef(false);
  const shown = useRef(first);
  const fromEnd = useRef(0);
  const element = scroller.current;
  if (element && expecting.current) fromEnd.current = element.scrollHeight - element.scrollTop;
  useIsomorphicLayoutEffect(() => {
    if (first === shown.current) return;
    shown.current = first;
    if (expecting.current && scroller.current)
      scroller.current.scrollTop = scroller.current.scrollHeight - fromEnd.current;
    expecting.current = false;
  }, [first, scroller]);
  return useCallback(() => {
    expecting.current = true;
  }, []);
}
