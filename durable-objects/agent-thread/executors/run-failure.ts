import type { Problem } from "#contract/problem";
import type { RunContext } from "./executor.ts";

/** Ends a run as failed, with an `error` item that says why. Nothing happens to a run that has ended. */
export function failRun(context: RunContext, stopReason: string, problem: Problem): void {
  if (!context.live()) return;
  const itemId = context.reporter.open({ kind: "error", title: "The run failed", groupId: context.row().groupId });
  context.reporter.complete(itemId, { status: "failed", text: problem.detail, detail: { problem } });
  context.finish({ status: "failed", stopReason, problem });
}
