import { z } from "zod";
import { fail, ok, type Result } from "#contract/problem";
import { workspacePathOf } from "../autonomy.ts";
import { countLines, diffTexts } from "./file-diff.ts";
import { defineTool, failed, pathArgument, type ToolContext, type ToolOutcome } from "./tool.ts";

const readInput = z.object({
  path: pathArgument,
  offset: z.number().int().min(1).optional().describe("First line to read, counted from 1"),
  limit: z.number().int().min(1).max(10_000).optional().describe("How many lines to read"),
});

export const readTool = defineTool<z.infer<typeof readInput>>({
  name: "read",
  description: "Reads a text file of the workspace.",
  input: readInput,
  kind: "tool_call",
  changesFiles: false,
  title: (args) => `Read ${workspacePathOf(args.path)}`,
  detail: (args) => ({ path: workspacePathOf(args.path) }),
  async run(args, context) {
    const text = await readText(context, args.path);
    if (!text.ok) return failed(text.problem);
    if (args.offset === undefined && args.limit === undefined)
      return { status: "completed", result: text.value === "" ? "(the file is empty)" : text.value };
    const from = (args.offset ?? 1) - 1;
    const lines = text.value.split("\n").slice(from, args.limit === undefined ? undefined : from + args.limit);
    return { status: "completed", result: lines.join("\n") };
  },
});

const writeInput = z.object({ path: pathArgument, content: z.string().max(2_000_000).describe("The whole new text") });

export const writeTool = defineTool<z.infer<typeof writeInput>>({
  name: "write",
  description: "Writes a text file of the workspace, whole. Folders are made as needed.",
  input: writeInput,
  kind: "file_change",
  changesFiles: true,
  title: (args) => `Write ${workspacePathOf(args.path)}`,
  detail: (args) => ({ path: workspacePathOf(args.path) }),
  async run(args, context) {
    const before = await readText(context, args.path);
    if (!before.ok && before.problem.code !== "not_found" && before.problem.code !== "unsupported")
      return failed(before.problem);
    return writeText(context, { path: args.path, before: before.ok ? before.value : null, after: args.content });
  },
});

const editInput = z.object({
  path: pathArgument,
  oldText: z.string().min(1).describe("Text that occurs exactly once in the file"),
  newText: z.string().describe("What takes its place"),
});

export const editTool = defineTool<z.infer<typeof editInput>>({
  name: "edit",
  description: "Replaces one piece of text in a file of the workspace. The old text must occur exactly once.",
  input: editInput,
  kind: "file_change",
  changesFiles: true,
  title: (args) => `Edit ${workspacePathOf(args.path)}`,
  detail: (args) => ({ path: workspacePathOf(args.path) }),
  async run(args, context) {
    const before = await readText(context, args.path);
    if (!before.ok) return failed(before.problem);
    const pieces = before.value.split(args.oldText);
    if (pieces.length !== 2) {
      const often = pieces.length < 2 ? "does not occur" : `occurs ${pieces.length - 1} times, not once,`;
      return { status: "failed", result: `Error: the old text ${often} in ${args.path}.` };
    }
    return writeText(context, { path: args.path, before: before.value, after: pieces.join(args.newText) });
  },
});

async function writeText(
  context: ToolContext,
  change: { path: string; before: string | null; after: string },
): Promise<ToolOutcome> {
  const path = workspacePathOf(change.path);
  const written = await context.sandbox.writeFile(path, new TextEncoder().encode(change.after));
  if (!written.ok) return failed(written.problem);
  const detail = diffTexts(path, change.before, change.after);
  const lines = countLines(change.after);
  const whole = `${lines} ${lines === 1 ? "line" : "lines"}`;
  const how = change.before === null ? whole : `+${detail.added} −${detail.removed}`;
  return { status: "completed", result: `Wrote ${path} (${how}).`, text: "", detail };
}

/** A file as text; `unsupported` where it is not one. */
async function readText(context: ToolContext, path: string): Promise<Result<string>> {
  const file = await context.sandbox.readFile(workspacePathOf(path));
  if (!file.ok) return file;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.value.bytes);
    if (!text.includes("\u0000")) return ok(text);
  } catch {}
  return fail("unsupported", `${path} is not a text file.`);
}
