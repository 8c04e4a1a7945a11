import type { ReactNode } from "react";
import { providerFormText } from "../../lib/text-settings-pages.ts";
import { Notice, ProblemNotice } from "../ui/notice.tsx";
import type { useCheck } from "./check.ts";

/** What a connection check found. */
export default function CheckResult({ check, children }: { check: ReturnType<typeof useCheck>; children?: ReactNode }) {
  const { result, problem } = check;
  if (problem) return <ProblemNotice problem={problem} />;
  if (!result) return null;
  if (!result.reachable)
    return (
      <Notice look="error">
        {providerFormText.unreachable} {result.detail}
      </Notice>
    );
  return (
    <Notice look="good">
      {providerFormText.reachable(result.latencyMs, result.models.length)} {children}
    </Notice>
  );
}
