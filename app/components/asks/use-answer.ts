import { useState } from "react";
import type { Problem } from "#contract/problem";
import { problemFrom } from "../../lib/api.ts";
import type { PendingCommand } from "../../lib/live/store.ts";
import { useStore } from "../../lib/live/use-live.ts";

/** Sends an answer once. The card goes away when the log says so; a refusal stays on it. */
export function useAnswer() {
  const store = useStore();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const answer = async (command: PendingCommand) => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await store.command(command);
    } catch (error) {
      setProblem(problemFrom(error));
      setBusy(false);
    }
  };
  return { busy, problem, answer };
}
