import { useEffect, useRef } from "react";
import { useStore } from "../../lib/live/use-live.ts";

const AGAIN_MS = 3_000;
const QUIET_MS = 5_000;

/** Tells the others that this person types, seldom, and that they have stopped. */
export function useTyping(): () => void {
  const store = useStore();
  const saidAt = useRef(0);
  const quiet = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(quiet.current), []);
  return () => {
    clearTimeout(quiet.current);
    quiet.current = setTimeout(() => {
      saidAt.current = 0;
      store.connection.presence("viewing");
    }, QUIET_MS);
    if (Date.now() - saidAt.current < AGAIN_MS) return;
    saidAt.current = Date.now();
    store.connection.presence("typing");
  };
}
