import { z } from "zod";
import { planStep } from "#contract/run";
import { defineTool, shortTitle } from "./tool.ts";

const planInput = z.object({
  steps: z.array(planStep).min(1).max(50).describe("The whole plan, each step with its status"),
});

export const planTool = defineTool<z.infer<typeof planInput>>({
  name: "plan",
  description: "Shows people the plan of the work. Send the whole plan again whenever a step begins or is done.",
  input: planInput,
  kind: "plan",
  changesFiles: false,
  title: (args) =>
    `Plan, ${args.steps.filter((step) => step.status === "completed").length} of ${args.steps.length} done`,
  detail: (args) => ({ steps: args.steps }),
  run: async () => ({ status: "completed", result: "The plan is shown.", text: "" }),
});

export const askInput = z.object({
  question: z.string().min(1).max(4000),
  options: z.array(z.string().min(1).max(500)).max(20).optional().describe("Answers to choose from"),
  multiple: z.boolean().optional().describe("Whether several options may be chosen"),
});

/** Its call waits for a person; the answer is its result, so it never runs. */
export const askTool = defineTool<z.infer<typeof askInput>>({
  name: "ask",
  description:
    "Asks the people of the conversation a question and waits for the answer. Use it only when you cannot decide.",
  input: askInput,
  kind: "question",
  changesFiles: false,
  title: (args) => shortTitle(args.question),
  detail: () => ({}),
  run: async () => ({ status: "failed", result: "Error: the question was not asked." }),
});
