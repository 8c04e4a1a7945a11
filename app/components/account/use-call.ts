import { useState } from "react";
import type { Problem } from "#contract/problem";
import { problemFrom } from "../../lib/api.ts";

/** One call at a time: whether it is under way, and what went wrong with the last. */
export function useCall() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  /** Stays busy after a success: the page is about to be left. */
  const run = async (call: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await call();
    } catch (error) {
      setProblem(problemFrom(error));
      setBusy(false);
    }
  };
  return { busy, problem, run };
}
