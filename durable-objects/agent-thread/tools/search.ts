import { z } from "zod";
import { fail, ok, type Result } from "#contract/problem";
import type { FoundLine } from "#platform/rpc";
import { workspacePathOf } from "../autonomy.ts";
import { runCommand } from "./run-command.ts";
import { defineTool, failed, type ToolContext, type ToolOutcome } from "./tool.ts";

const MAX_LINES = 500;
const TIMEOUT_MS = 30_000;
const folder = z.string().min(1).max(4096).optional().describe("Folder to look in, /workspace unless given");
const SKIPPED = [".git", "node_modules"];

const listInput = z.object({ path: folder });

export const listTool = defineTool<z.infer<typeof listInput>>({
  name: "list",
  description: "Lists a folder of the workspace.",
  input: listInput,
  kind: "tool_call",
  changesFiles: false,
  title: (args) => `List ${workspacePathOf(args.path ?? ".")}`,
  detail: (args) => ({ path: workspacePathOf(args.path ?? ".") }),
  async run(args, context) {
    const listing = await context.sandbox.listFiles(workspacePathOf(args.path ?? "."));
    if (!listing.ok) return failed(listing.problem);
    const lines = listing.value.entries.map((entry) =>
      entry.kind === "directory" ? `${entry.name}/` : `${entry.name} (${entry.size} bytes)`,
    );
    return linesOutcome(lines, listing.value.truncated);
  },
});

const globInput = z.object({
  pattern: z.string().min(1).max(1000).describe("Such as src/**/*.ts or **/*.{md,txt}"),
  path: folder,
});

export const globTool = defineTool<z.infer<typeof globInput>>({
  name: "glob",
  description: "Finds files by name. * stays inside a folder, ** goes through folders.",
  input: globInput,
  kind: "tool_call",
  changesFiles: false,
  title: (args) => `Find ${args.pattern}`,
  detail: (args) => ({ path: workspacePathOf(args.path ?? ".") }),
  async run(args, context) {
    const from = workspacePathOf(args.path ?? ".");
    const found = await namesBelow(context, from);
    if (!found.ok) return failed(found.problem);
    const matches = globMatcher(args.pattern);
    const inside = (name: string) => (from === "." ? name : name.slice(from.replace(/\/$/, "").length + 1));
    return linesOutcome(found.value.filter((name) => matches(inside(name))).sort());
  },
});

/** The plain files below a folder, without git's and what npm installs. */
async function namesBelow(context: ToolContext, from: string): Promise<Result<string[]>> {
  const cached = await context.sandbox.findCached({ pattern: null, path: from });
  if (cached.ok && cached.value !== null) return ok(cached.value.map((one) => one.path));
  const prune = SKIPPED.flatMap((name, index) => [...(index > 0 ? ["-o"] : []), "-name", name]);
  const argv = ["find", operand(from), "(", ...prune, ")", "-prune", "-o", "-type", "f", "-print"];
  const found = await runCommand(context, { argv, timeoutMs: TIMEOUT_MS });
  if (!found.exit) return fail("unavailable", found.error ?? "The folder could not be searched.");
  const names = found.output.split("\n").map(workspacePathOf);
  return ok(names.filter((name) => name !== "."));
}

const grepInput = z.object({
  pattern: z.string().min(1).max(1000).describe("An extended regular expression"),
  path: folder,
});

export const grepTool = defineTool<z.infer<typeof grepInput>>({
  name: "grep",
  description: "Finds lines in text files by an extended regular expression; answers path:line:text.",
  input: grepInput,
  kind: "tool_call",
  changesFiles: false,
  title: (args) => `Search ${args.pattern}`,
  detail: (args) => ({ path: workspacePathOf(args.path ?? ".") }),
  run: (args, context) => grep(args, context),
});

async function grep(args: z.infer<typeof grepInput>, context: ToolContext): Promise<ToolOutcome> {
  const target = workspacePathOf(args.path ?? ".");
  const cached = await context.sandbox.findCached({ pattern: args.pattern, path: target });
  if (cached.ok && cached.value !== null) return foundOutcome(cached.value);
  const skipped = SKIPPED.map((name) => `--exclude-dir=${name}`);
  const argv = ["grep", "-rnIHZE", ...skipped, "-e", args.pattern, "--", target];
  const found = await runCommand(context, { argv, timeoutMs: TIMEOUT_MS });
  if (!found.exit) return { status: "failed", result: `Error: ${found.error}` };
  if (found.exit.exitCode > 1) return { status: "failed", result: `Error: ${found.output.trim()}` };
  return foundOutcome(found.output.split("\n").flatMap(foundLine));
}

/** A line of `grep -nHZ`: the path, NUL, the line's number, a colon and its text. */
function foundLine(line: string): FoundLine[] {
  const [, path, number, text = ""] = /^([^\0]+)\0(\d+):([\s\S]*)$/.exec(line) ?? [];
  return path === undefined ? [] : [{ path: path.replace(/^\.\//, ""), line: Number(number), text }];
}

/** By path and line, whatever order the directories were read in. */
function foundOutcome(found: FoundLine[]): ToolOutcome {
  const sorted = found.toSorted((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
  return linesOutcome(sorted.map((one) => `${one.path}:${one.line}:${one.text}`));
}

function linesOutcome(lines: string[], more = false): ToolOutcome {
  if (lines.length === 0) return { status: "completed", result: "Nothing found." };
  const rest = lines.length - MAX_LINES;
  const note = rest > 0 || more ? [`… ${rest > 0 ? `${rest} more` : "more"}`] : [];
  return { status: "completed", result: [...lines.slice(0, MAX_LINES), ...note].join("\n") };
}

/** A path that `find` cannot read as an option. */
function operand(path: string): string {
  return path.startsWith("/") || path.startsWith(".") ? path : `./${path}`;
}

const GLOB_TOKENS: Record<string, string> = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" };

/** A test for names by a glob: `*`, `?`, `**`, `{a,b}` and `[abc]`; a pattern without a slash matches in any folder. */
export function globMatcher(pattern: string): (name: string) => boolean {
  const whole = pattern.includes("/") ? pattern.replace(/^\.?\//, "") : `**/${pattern}`;
  const source = whole.replace(
    /\*\*\/|\*\*|\*|\?|\{[^{}]*\}|\[[^\]/]+\]|[\s\S]/g,
    (token) => GLOB_TOKENS[token] ?? setOf(token),
  );
  const regex = new RegExp(`^${source}$`, "u");
  return (name) => regex.test(name);
}

/** `{a,b}`, `[abc]` or a plain character as a regular expression. */
function setOf(token: string): string {
  const inside = token.slice(1, -1);
  if (token.length > 1 && token.startsWith("{")) return `(?:${inside.split(",").map(escaped).join("|")})`;
  if (token.length > 2) return `[${inside.replace(/^!/, "^").replace(/\\/g, "\\\\")}]`;
  return escaped(token);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
