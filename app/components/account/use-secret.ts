import { useEffect, useState } from "react";

/**
 * The secret in the address's fragment, which no server sees: taken out of the address, so that it stays in no history. `undefined`
 * until the page runs; null where there is none. With a `key` it is kept for this tab, over a sign-in in between.
 */
export function useSecret(key?: string): string | null | undefined {
  const [secret, setSecret] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    const found = window.location.hash.slice(1);
    if (found) window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
    if (found && key) window.sessionStorage.setItem(key, found);
    const kept = key ? window.sessionStorage.getItem(key) : null;
    setSecret((known) => known ?? (found || kept || null));
  }, [key]);
  return secret;
}
