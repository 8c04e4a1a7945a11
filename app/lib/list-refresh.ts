import { useEffect, useState } from "react";

const CHANGED = "quayside:list-changed";
const SETTLE_MS = 800;
const AGAIN_MS = 10_000;

/** Says that the list of conversations is probably out of date. */
export function listChanged(): void {
  window.dispatchEvent(new Event(CHANGED));
}

/**
 * What the page was made with, loaded again a moment after the list changed, when the person comes back, and every ten
 * seconds while the page is looked at. Where that fails, as while the server is away, what is shown stays: a list is never
 * a reason to lose the page. `load` must be the same function from one render to the next.
 */
export function useFreshList<T>(made: T, load: () => Promise<T>): T {
  const [fresh, setFresh] = useState<{ made: T; value: T } | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const after = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(refresh, ms);
    };
    const refresh = async () => {
      if (document.visibilityState === "hidden") return;
      const value = await load().catch(() => null);
      if (gone) return;
      if (value !== null) setFresh({ made, value });
      after(AGAIN_MS);
    };
    const soon = () => after(SETTLE_MS);
    const visible = () => document.visibilityState === "visible" && soon();
    after(AGAIN_MS);
    window.addEventListener(CHANGED, soon);
    document.addEventListener("visibilitychange", visible);
    return () => {
      gone = true;
      clearTimeout(timer);
      window.removeEventListener(CHANGED, soon);
      document.removeEventListener("visibilitychange", visible);
    };
  }, [made, load]);
  return fresh?.made === made ? fresh.value : made;
}
