import { RefreshCw } from "lucide-react";
import type { Problem } from "#contract/problem";
import { text } from "../../lib/text.ts";
import { IconButton } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";

/** What went wrong in a tab of the panel, and the way to try it again. */
export function PanelProblem({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  return (
    <div className="flex flex-col items-start gap-3 p-4">
      <ProblemNotice problem={problem} />
      <IconButton label={text.actions.retry} onClick={onRetry}>
        <RefreshCw size={16} aria-hidden />
      </IconButton>
    </div>
  );
}
