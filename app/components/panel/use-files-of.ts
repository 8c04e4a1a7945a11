import { useCallback, useEffect, useRef } from "react";
import { useAsleep } from "./asleep.tsx";
import { useAnswerOf } from "./use-answer-of.ts";

/**
 * What `load` answers of the workspace, asked for once it is `wanted`. While the sandbox is asleep it is asked not to wake it;
 * what could not be answered so is asked for again when the sandbox is up.
 */
export function useFilesOf<T>(load: (wake: boolean) => Promise<T>, wanted: boolean) {
  const asleep = useAsleep();
  const now = useRef(asleep);
  now.current = asleep;
  const quietly = useCallback(() => load(!now.current), [load]);
  const answer = useAnswerOf(wanted ? quietly : null);
  const { problem, reload } = answer;
  const failed = problem !== null;
  useEffect(() => {
    if (failed && !asleep) reload();
  }, [failed, asleep, reload]);
  return { ...answer, asleep };
}
