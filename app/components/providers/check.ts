import { useState } from "react";
import type { Problem } from "#contract/problem";
import type { ProviderCheck } from "#contract/provider";
import { problemFrom } from "../../lib/api.ts";

/** A connection check: asked for by a person, answered by the provider itself. */
export function useCheck() {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<ProviderCheck | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (ask: () => Promise<ProviderCheck>) => {
    setBusy(true);
    setProblem(null);
    setResult(null);
    try {
      setResult(await ask());
    } catch (error) {
      setProblem(problemFrom(error));
    }
    setBusy(false);
  };
  return { busy, result, problem, run };
}
