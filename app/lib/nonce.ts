import { createContext, useContext } from "react";

/** The nonce of this answer's scripts. Browsers hide it from scripts, so it is empty after the first render. */
export const NonceContext = createContext("");

export function useNonce(): string {
  return useContext(NonceContext);
}
