import { useRevalidator } from "@remix-run/react";
import { useState } from "react";
import type { Problem } from "#contract/problem";
import { problemFrom } from "../../lib/api.ts";

export interface Ask {
  busy: boolean;
  problem: Problem | null;
  /** What was asked for last is done. */
  done: boolean;
  /** Asks, and reads the page again when it is done; false where there is a problem. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  /** Forgets the last answer. */
  reset: () => void;
}

const BEFORE = { busy: false, problem: null, done: false };

/** One thing at a time that a page asks of the api. */
export function useAsk(): Ask {
  const [state, setState] = useState<Pick<Ask, "busy" | "problem" | "done">>(BEFORE);
  const { revalidate } = useRevalidator();
  const run = async (work: () => Promise<unknown>) => {
    setState({ ...BEFORE, busy: true });
    const problem = await work().then(() => null, problemFrom);
    setState({ busy: false, problem, done: problem === null });
    // Also where it failed: what this page shows may be what was wrong.
    revalidate();
    return problem === null;
  };
  return { ...state, run, reset: () => setState(BEFORE) };
}
