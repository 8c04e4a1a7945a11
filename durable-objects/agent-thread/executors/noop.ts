import { simpleExecutor } from "./simple.ts";

/** Answers `ok`, for tests and probes. */
export const noopExecutor = simpleExecutor(() => "ok");
