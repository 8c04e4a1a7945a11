/** One line of a demo script (spec §6). */
export type Directive =
  | { kind: "run"; command: string }
  | { kind: "write"; path: string; content: string }
  | { kind: "read"; path: string }
  | { kind: "edit"; path: string; oldText: string; newText: string }
  | { kind: "ask"; question: string; options: string[] }
  | { kind: "tool"; name: string; args: Record<string, unknown> }
  | { kind: "say"; text: string }
  | { kind: "think"; text: string }
  | { kind: "wait"; seconds: number }
  | { kind: "fail"; text: string };

/** What is in an attached file is no script. */
const ATTACHMENTS = /^<attachment name=.*>$[\s\S]*?^<\/attachment>$/gm;
const MAX_WAIT_S = 60;

type LineParser = (rest: string) => Directive | null;

const LINE_PARSERS: readonly (readonly [RegExp, LineParser])[] = [
  [/^run:\s*(.+)$/i, (command) => ({ kind: "run", command })],
  [/^read:\s*(.+)$/i, (path) => ({ kind: "read", path })],
  [/^read\s+(\S+)$/i, (path) => ({ kind: "read", path })],
  [/^edit\s+(.+)$/i, parseEdit],
  [/^ask:\s*(.+)$/i, parseAsk],
  [/^tool:\s*(.+)$/i, parseTool],
  [/^say:\s*(.+)$/i, (text) => ({ kind: "say", text })],
  [/^think:\s*(.+)$/i, (text) => ({ kind: "think", text })],
  [/^wait:\s*(\d+(?:\.\d+)?)\s*s?$/i, (seconds) => ({ kind: "wait", seconds: Math.min(Number(seconds), MAX_WAIT_S) })],
  [/^fail:\s*(.+)$/i, (text) => ({ kind: "fail", text })],
];

/**
 * The directives of a message in order; empty where it holds none. Lines that are no directive are prose and are
 * skipped. `write PATH:` takes the fenced block that follows it (blank lines between are fine), to its last newline.
 */
export function parseScript(text: string): Directive[] {
  const lines = text.replace(ATTACHMENTS, "").split(/\r?\n/);
  const directives: Directive[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? "").trim();
    const path = /^write\s+(.+?):$/i.exec(line)?.[1];
    if (path) {
      const block = readFence(lines, at + 1);
      directives.push(block ? { kind: "write", path, content: block.content } : missingFence(path));
      at = block?.end ?? at;
      continue;
    }
    const directive = parseLine(line);
    if (directive) directives.push(directive);
  }
  return directives;
}

function parseLine(line: string): Directive | null {
  for (const [pattern, parse] of LINE_PARSERS) {
    const rest = pattern.exec(line)?.[1];
    const directive = rest === undefined ? null : parse(rest.trim());
    if (directive) return directive;
  }
  return null;
}

/** `PATH: OLD => NEW`. The path ends at the first colon that a space follows. */
function parseEdit(rest: string): Directive | null {
  const parts = /^(.+?):\s(.+?)\s=>(?:\s(.*))?$/.exec(rest);
  const [, path, oldText, newText] = parts ?? [];
  return path && oldText ? { kind: "edit", path, oldText, newText: newText ?? "" } : null;
}

function parseAsk(rest: string): Directive {
  const [question = "", ...options] = rest.split("|").map((part) => part.trim());
  return { kind: "ask", question, options: options.filter((option) => option !== "") };
}

function parseTool(rest: string): Directive {
  const [, name = rest, json = ""] = /^(\S+)\s*(.*)$/.exec(rest) ?? [];
  try {
    const args: unknown = json === "" ? {} : JSON.parse(json);
    if (args !== null && typeof args === "object" && !Array.isArray(args))
      return { kind: "tool", name, args: args as Record<string, unknown> };
  } catch {}
  return { kind: "say", text: `The arguments of \`tool: ${name}\` are not a JSON object.` };
}

function missingFence(path: string): Directive {
  return { kind: "say", text: `\`write ${path}:\` needs a fenced block below it.` };
}

/** The block that begins at or after `from`, and the index of its last line. A block without an end takes the rest. */
function readFence(lines: string[], from: number): { content: string; end: number } | null {
  let at = from;
  while (at < lines.length && (lines[at] ?? "").trim() === "") at++;
  const opening = /^\s*(`{3,}|~{3,})/.exec(lines[at] ?? "");
  if (!opening?.[1]) return null;
  const fence = opening[1];
  const closing = new RegExp(`^\\s*\\${fence[0]}{${fence.length},}\\s*$`);
  const body: string[] = [];
  for (at++; at < lines.length && !closing.test(lines[at] ?? ""); at++) body.push(lines[at] ?? "");
  return { content: body.length === 0 ? "" : `${body.join("\n")}\n`, end: at };
}
