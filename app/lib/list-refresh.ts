import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";

const CHANGED = "quayside:list-changed";

/** Says that the list of conversations is probably out of date. */
export function listChanged(): void {
  window.dispatchEvent(new Event(CHANGED));
}

/** Loads the list again a moment after it changed, and whenever the person comes back to the page. */
export function useListRefresh(): void {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(revalidate, 800);
    };
    const visible = () => document.visibilityState === "visible" && soon();
    window.addEventListener(CHANGED, soon);
    document.addEventListener("visibilitychange", visible);
    return () => {
      clearTimeout(timer);
      window.removeEventListener(CHANGED, soon);
      document.removeEventListener("visibilitychange", visible);
    };
  }, [revalidate]);
}
