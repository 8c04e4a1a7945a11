import { type ReactNode, useState } from "react";
import type { Problem } from "#contract/problem";
import type { ProviderCheck } from "#contract/provider";
import { problemFrom } from "../../lib/api.ts";
import { settingsPagesText } from "../../lib/text-settings-pages.ts";
import { Notice, ProblemNotice } from "../ui/notice.tsx";

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

export function CheckResult({ check, children }: { check: ReturnType<typeof useCheck>; children?: ReactNode }) {
  const { result, problem } = check;
  if (problem) return <ProblemNotice problem={problem} />;
  if (!result) return null;
  if (!result.reachable)
    return (
      <Notice look="error">
        {settingsPagesText.models.unreachable} {result.detail}
      </Notice>
    );
  return (
    <Notice look="good">
      {settingsPagesText.models.reachable(result.latencyMs, result.models.length)} {children}
    </Notice>
  );
}
