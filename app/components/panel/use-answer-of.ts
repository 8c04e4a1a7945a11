import { useCallback, useEffect, useState } from "react";
import type { Problem } from "#contract/problem";
import { problemFrom } from "../../lib/api.ts";

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
}

/**
 * Calls `load` now and whenever it changes, and keeps the last answer on the page until the next is here. Give a
 * stable function: its identity is what the answer is of. While it is null nothing is asked, and what is known stays.
 */
export function useAnswerOf<T>(load: (() => Promise<T>) | null): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [loading, setLoading] = useState(load !== null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = turn >= 0;
    setLoading(load !== null);
    load?.()
      .then(
        (answer) => {
          if (!current) return;
          setValue(answer);
          setProblem(null);
        },
        (error) => current && setProblem(problemFrom(error)),
      )
      .finally(() => current && setLoading(false));
    return () => {
      current = false;
    };
  }, [load, turn]);
  const reload = useCallback(() => setTurn((one) => one + 1), []);
  return { value, problem, loading, reload };
}
