import { jsonSchema, type ToolSet, tool } from "ai";
import { z } from "zod";
import { bashTool } from "./bash.ts";
import { editTool, readTool, writeTool } from "./files.ts";
import { askTool, planTool } from "./people.ts";
import { globTool, grepTool, listTool } from "./search.ts";
import type { Tool } from "./tool.ts";

const TOOLS: readonly Tool[] = [
  bashTool,
  readTool,
  writeTool,
  editTool,
  globTool,
  grepTool,
  listTool,
  planTool,
  askTool,
];

export function findTool(name: string): Tool | null {
  return TOOLS.find((one) => one.name === name) ?? null;
}

let descriptions: unknown = null;

/** What the model is told of the tools, as JSON; made once. */
export function toolDescriptions(): unknown {
  descriptions ??= TOOLS.map((one) => [one.name, one.description, z.toJSONSchema(one.input)]);
  return descriptions;
}

let described: ToolSet | null = null;

/**
 * The tools as the model sees them. They have no `execute`: the executor runs each call at its own checkpoint. Made once
 * an isolate: the schemas take a millisecond that would delay every first token.
 */
export function modelTools(): ToolSet {
  described ??= describeTools();
  return described;
}

function describeTools(): ToolSet {
  return Object.fromEntries(
    TOOLS.map((one) => {
      const { $schema: _, ...schema } = z.toJSONSchema(one.input);
      return [one.name, tool({ description: one.description, inputSchema: jsonSchema(schema as object) })];
    }),
  );
}
