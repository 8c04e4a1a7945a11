import { type RefObject, useState } from "react";
import { problemFrom } from "../../lib/api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { useHead, useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";

/** The way to what came before the page's window. The reader's place on the page stays where it is. */
export function OlderEntries({ scroller }: { scroller: RefObject<HTMLElement> }) {
  const store = useStore();
  const { id } = useHead();
  const [busy, setBusy] = useState(false);
  const load = async () => {
    setBusy(true);
    const element = scroller.current;
    const fromEnd = element ? element.scrollHeight - element.scrollTop : 0;
    try {
      await store.loadHistory((since) => browserApi.conversations.events(id, since));
      keepPlace(element, fromEnd);
    } catch (error) {
      store.setNotice(problemFrom(error));
    }
    setBusy(false);
  };
  return (
    <Button className="self-center" disabled={busy} onClick={() => void load()}>
      {busy ? text.transcript.loadingOlder : text.transcript.older}
    </Button>
  );
}

/** After the new entries are on the page: one frame for the store, one for React. */
function keepPlace(element: HTMLElement | null, fromEnd: number): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (element) element.scrollTop = element.scrollHeight - fromEnd;
    }),
  );
}
