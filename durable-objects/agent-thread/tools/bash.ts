import { z } from "zod";
import { type CommandEnd, runCommand } from "./run-command.ts";
import { defineTool, shortTitle, type ToolOutcome } from "./tool.ts";

/** People see this much while a command runs; the rest comes with its end. */
const MAX_LIVE_CHARS = 64 * 1024;
const DEFAULT_TIMEOUT_MS = 120_000;

const input = z.object({
  command: z.string().min(1).max(65_536).describe("A line for bash, run in /workspace"),
  timeoutMs: z.number().int().min(1).max(1_800_000).optional().describe("Time limit, 120000 unless given"),
});

export const bashTool = defineTool<z.infer<typeof input>>({
  name: "bash",
  description: "Runs a shell command in the workspace and returns its output and exit code.",
  input,
  kind: "command",
  changesFiles: true,
  title: (args) => `Run ${shortTitle(args.command)}`,
  detail: (args) => ({ command: args.command.slice(0, 8_000) }),
  async run(args, context) {
    let live = 0;
    const end = await runCommand(
      context,
      { command: args.command, timeoutMs: args.timeoutMs ?? DEFAULT_TIMEOUT_MS },
      (text) => {
        if (live < MAX_LIVE_CHARS) context.grow(text.slice(0, MAX_LIVE_CHARS - live));
        live += text.length;
      },
    );
    return outcomeOf(end);
  },
});

function outcomeOf(end: CommandEnd): ToolOutcome {
  const { exit } = end;
  if (!exit)
    return {
      status: "failed",
      result: `${end.output}\nError: ${end.error}`.trim(),
      text: end.output || `${end.error}`,
    };
  const detail = {
    exitCode: exit.exitCode,
    ...(exit.signal ? { signal: exit.signal } : {}),
    ...(exit.timedOut ? { timedOut: true } : {}),
  };
  const notes = [
    exit.timedOut ? "The command was ended at its time limit." : "",
    exit.signal ? `It was ended by ${exit.signal}.` : "",
    exit.exitCode === 0 ? "" : `Exit code ${exit.exitCode}.`,
    exit.exitCode === 0 && end.output.trim() === "" ? "(no output)" : "",
  ].filter((note) => note !== "");
  const result = [end.output.replace(/\n$/, ""), ...notes].filter((part) => part !== "").join("\n");
  return { status: exit.exitCode === 0 ? "completed" : "failed", result, text: end.output, detail };
}
