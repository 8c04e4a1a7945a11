import { type CallDirective, type DemoCall, describeCall, matchTool } from "./match-tool.ts";
import type { DemoMessage, ToolSpec } from "./prompt.ts";
import { type Directive, parseScript } from "./script.ts";

/** What one answer of the demo model consists of, in order. */
export type DemoPiece =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string }
  | { type: "wait"; seconds: number }
  | { type: "fail"; text: string }
  | { type: "call"; id: string; call: DemoCall };

const INTRODUCTION =
  "This is the demo model: it is built in, needs no key and no network, and does not think. " +
  "It follows simple lines such as `run: ls -la`, `read README.md`, `write notes.txt:` with a fenced block below it, " +
  "`edit notes.txt: old => new`, `ask: Which one? | A | B` or `say: hello`. " +
  "To work with a real model, add a provider in Settings → Models and choose its model for this conversation.";

const SUMMARY_CHARS = 160;

/** What the executors tell the model by themselves, such as that the sandbox was started again, is no script. */
const NOTE = /^From Quayside:\n/;
const CALL_AGAIN = /^A person has approved .* Make that call again\.$/m;

/** A directive that is part of an answer, and the call that ends the answer; the last segment has no call. */
interface Segment {
  pieces: DemoPiece[];
  call: { directive: CallDirective; call: DemoCall } | null;
}

/**
 * The next answer of the demo model. It depends on nothing but the messages and the tools: the last user message is the
 * script, each call of it is one answer, and the results after that message say how many are done.
 */
export function planAnswer(messages: readonly DemoMessage[], tools: readonly ToolSpec[]): DemoPiece[] {
  const promptAt = messages.findLastIndex((message) => message.role === "user" && !NOTE.test(message.text));
  const directives = parseScript(messages[promptAt]?.text ?? "");
  if (directives.length === 0) return [{ type: "text", text: INTRODUCTION }];
  const results = resultsIn(messages.slice(promptAt + 1));
  const segments = segmentsOf(directives, tools);
  const at = Math.min(results.length, segments.length - 1);
  const segment = segments[at];
  const remark = remarkOn(results[results.length - 1]);
  const pieces = [...(remark ? [remark] : []), ...(segment?.pieces ?? [])];
  if (segment?.call) return [...pieces, { type: "call", id: `call_${promptAt}_${at}`, call: segment.call.call }];
  const done = segments.flatMap((one) => (one.call ? [one.call.directive] : []));
  if (done.length === 0) return pieces;
  const apart = pieces.some((piece) => piece.type === "text") ? "\n" : "";
  return [...pieces, { type: "text", text: apart + summaryOf(done, results) }];
}

/** The results since the script. One that a note asks to get anew does not count. */
function resultsIn(messages: readonly DemoMessage[]): DemoMessage[] {
  const results: DemoMessage[] = [];
  for (const message of messages) {
    if (message.role === "tool") results.push(message);
    if (message.role === "user" && CALL_AGAIN.test(message.text)) results.pop();
  }
  return results;
}

function segmentsOf(directives: readonly Directive[], tools: readonly ToolSpec[]): Segment[] {
  let open: Segment = { pieces: [], call: null };
  const segments = [open];
  for (const directive of directives) {
    const step = stepOf(directive, tools);
    if ("type" in step) {
      open.pieces.push(step);
      continue;
    }
    open.call = step;
    open = { pieces: [], call: null };
    segments.push(open);
  }
  return segments;
}

function stepOf(directive: Directive, tools: readonly ToolSpec[]): DemoPiece | NonNullable<Segment["call"]> {
  switch (directive.kind) {
    case "say":
      return { type: "text", text: `${directive.text}\n` };
    case "think":
      return { type: "reasoning", text: directive.text };
    case "wait":
      return { type: "wait", seconds: directive.seconds };
    case "fail":
      return { type: "fail", text: directive.text };
    default: {
      const call = matchTool(directive, tools);
      if (call) return { directive, call };
      return { type: "text", text: `${missing(directive, tools)}\n` };
    }
  }
}

function missing(directive: CallDirective, tools: readonly ToolSpec[]): string {
  const what = `There is no tool here for: ${describeCall(directive)}.`;
  if (directive.kind !== "tool") return what;
  return `${what} The tools here are: ${tools.map((tool) => tool.name).join(", ") || "none"}.`;
}

/** Whether a result says that its call was refused or cut short, as our threads and OpenCode put it. */
const NOT_DONE =
  /^(?:the (?:user|person|call|tool call)\b[^.\n]*\b|\[tool execution was )?(denied|declined|rejected|interrupted|cancelled)\b/i;

function remarkOn(result: DemoMessage | undefined): DemoPiece | null {
  const how = NOT_DONE.exec((result?.text ?? "").trim())?.[1]?.toLowerCase();
  return how ? { type: "text", text: `The last call was ${how}, so I go on without it.\n` } : null;
}

/** What was done, as a Markdown list: a line a step, with what matters of its result. */
function summaryOf(done: readonly CallDirective[], results: readonly DemoMessage[]): string {
  const lines = done.map((directive, index) => {
    const result = (results[index]?.text ?? "").trim();
    const told = directive.kind === "run" ? endOf(result) : startOf(result);
    return `${index + 1}. ${describeCall(directive)}: ${told || "no output"}`;
  });
  return `Done, ${done.length} ${done.length === 1 ? "step" : "steps"}:\n\n${lines.join("\n")}`;
}

function startOf(result: string): string {
  const [first = "", ...more] = result.split("\n");
  const shown = shorten(first);
  return more.length > 0 && shown === first ? `${shown} …` : shown;
}

/** How many of an output's last lines may hold its counts, and how many lines are told. */
const TAIL_LINES = 15;
const COUNT_LINES = 3;
/** A count of tests or errors, however a runner puts it: `12 passed`, `# fail 0`, `Tests: 3 total`. */
const COUNTS =
  /\b(?:tests?|pass(?:ed|es|ing)?|fail(?:ed|ures?|ing)?|errors?|warnings?)\b\W*\d|\d+\s+(?:tests?|pass|fail|error|warning)/i;

/** The end of a command's output: the counts a test run ends with, otherwise its last line; and how it failed. */
function endOf(output: string): string {
  const lines = output
    .replace(ANSI, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const failed = lines.findLast((line) => /^Exit code \d+\.$/.test(line));
  const said = lines.filter((line) => line !== failed);
  const counts = said.slice(-TAIL_LINES).filter((line) => COUNTS.test(line) && line.length <= SUMMARY_CHARS);
  const told = counts.length > 0 ? counts.slice(0, COUNT_LINES) : said.slice(-1);
  return [...told, ...(failed ? [failed] : [])].map(shorten).join("; ");
}

const ANSI = /\p{Cc}\[[\d;]*[A-Za-z]/gu;

function shorten(line: string): string {
  const shown = [...line].slice(0, SUMMARY_CHARS).join("");
  return shown === line ? line : `${shown} …`;
}
