import { Play } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Problem } from "#contract/problem";
import type { SandboxState } from "#contract/sandbox";
import { problemFrom } from "../../lib/api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";
import { Notice, ProblemNotice } from "../ui/notice.tsx";

const ASLEEP: ReadonlySet<SandboxState> = new Set(["none", "sleeping", "stopped", "failed", "deleted"]);

/** Whether a call about the workspace would start a machine: only a person's own wish may do that. */
export function useAsleep(): boolean {
  return ASLEEP.has(useHead().sandbox.state);
}

/** Whether the workspace may be looked at without a machine, because there never was one: then it is the repository's. */
export function useUntouched(): boolean {
  const { sandbox, repository } = useHead();
  return sandbox.state === "none" && repository !== null;
}

/** Why the workspace cannot be looked at now, what is known of it all the same, and the way to start it. */
export function Asleep({ children }: { children?: ReactNode }) {
  const { id, sandbox, repository } = useHead();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    setProblem(null);
    await browserApi.workspace.sandbox(id, "start").catch((error) => setProblem(problemFrom(error)));
    setBusy(false);
  };
  const first = sandbox.state === "none" && repository !== null;
  return (
    <div className="flex flex-col gap-3 p-4" aria-busy={busy}>
      <Notice>{first ? text.asleep.first : (sandbox.detail ?? text.asleep.state[sandbox.state])}</Notice>
      {children}
      {problem && <ProblemNotice problem={problem} />}
      {sandbox.state !== "deleted" && (
        <Button className="self-start" disabled={busy} onClick={() => void start()}>
          <Play size={14} aria-hidden />
          {busy ? text.asleep.starting : text.sandbox.start}
        </Button>
      )}
    </div>
  );
}
