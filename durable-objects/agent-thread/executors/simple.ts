import { newId } from "#platform/new-id";
import type { Executor, ExecutorFactory, RunContext } from "./executor.ts";

/** An executor that answers with one text at once. A resumed run answers again only if it has not yet. */
export function simpleExecutor(answer: (context: RunContext) => string): ExecutorFactory {
  return (context): Executor => {
    const work = async () => {
      const groupId = newId("group");
      context.reporter.report({
        type: "group.opened",
        group: { id: groupId, runId: context.runId, title: "Answer", closed: false },
      });
      const itemId = context.reporter.open({ kind: "text", groupId });
      context.reporter.complete(itemId, { status: "completed", text: answer(context) });
      context.reporter.report({ type: "group.closed", groupId });
      context.finish({ status: "succeeded", stopReason: "completed", problem: null });
    };
    return { start: work, resume: work, steer: () => undefined, cancel: async () => undefined };
  };
}
