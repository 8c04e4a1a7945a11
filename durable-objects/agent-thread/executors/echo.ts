import { simpleExecutor } from "./simple.ts";

/** Answers with the prompt, for tests and probes. */
export const echoExecutor = simpleExecutor((context) => context.order.prompt.message.content);
