import type { ExecutorName } from "#contract/run";
import { echoExecutor } from "./echo.ts";
import { edgeExecutor } from "./edge.ts";
import type { ExecutorFactory } from "./executor.ts";
import { noopExecutor } from "./noop.ts";
import { openCodeExecutor } from "./opencode.ts";

/** The executors that can be used; an absent one is `unsupported`. */
export const EXECUTORS: Partial<Record<ExecutorName, ExecutorFactory>> = {
  edge: edgeExecutor,
  opencode: openCodeExecutor,
  echo: echoExecutor,
  noop: noopExecutor,
};
