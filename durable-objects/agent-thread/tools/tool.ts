import { z } from "zod";
import type { Problem } from "#contract/problem";
import type { ItemDetail, ItemKind } from "#contract/run";
import type { RunSandbox } from "../world.ts";

/** What a tool may touch while it works. */
export interface ToolContext {
  /** Names the command it runs, so that a cancelled run can end it. */
  itemId: string;
  sandbox: RunSandbox;
  /** Adds to the text people see while the tool works. */
  grow(text: string): void;
  signal: AbortSignal;
}

export interface ToolOutcome {
  status: "completed" | "failed";
  /** What the model is told, and what people see unless `text` says otherwise. */
  result: string;
  text?: string;
  detail?: ItemDetail;
}

/** A tool of the edge executor. Arguments were checked by `input` before anything else is called. */
export interface Tool<A = unknown> {
  name: string;
  description: string;
  input: z.ZodType<A>;
  kind: ItemKind;
  /** Whether the workspace may differ afterwards. */
  changesFiles: boolean;
  title(args: A): string;
  detail(args: A): ItemDetail;
  run(args: A, context: ToolContext): Promise<ToolOutcome>;
}

/** Keeps a tool's argument type inside it, so that tools of all types fit in one list. */
export function defineTool<A>(tool: Tool<A>): Tool {
  return tool as unknown as Tool;
}

export function failed(problem: Problem): ToolOutcome {
  return { status: "failed", result: `Error: ${problem.detail}` };
}

/** A path as people and events show it. */
export const pathArgument = z.string().min(1).max(4096).describe("Path of the file, relative to /workspace");

export function shortTitle(text: string, maxChars = 120): string {
  const line = text.trim().split("\n")[0] ?? "";
  return [...line].length > maxChars ? `${[...line].slice(0, maxChars - 1).join("")}…` : line;
}
