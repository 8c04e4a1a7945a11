import type { Autonomy } from "#contract/run";

export interface ToolUse {
  tool: string;
  args: Record<string, unknown>;
}
export interface AllowedUse {
  tool: string;
  pattern: string;
}

const SIDE_EFFECTS: ReadonlySet<string> = new Set(["bash", "write", "edit"]);

/**
 * Programs and subcommands that reach beyond the sandbox. The list is a courtesy to people, not a wall: what a sandbox can
 * reach is the network policy's business.
 */
const CALLS_OUT: readonly RegExp[] = [
  /\bgit\b[^;&|]*\b(?:push|send-email|fetch|pull|clone|ls-remote|remote\s+(?:add|set-url|update)|submodule)\b/,
  /(?:^|[\s;&|(`/])(?:gh|glab|hub|curl|wget|ssh|scp|sftp|rsync|nc|ncat|netcat|telnet|socat|ftp|lftp|mosh)(?:$|[\s;&|)`])/,
  /\b(?:npm|pnpm|yarn|bun|cargo|poetry|gem|docker|podman|helm|vsce|ovsx)\b[^;&|]*\b(?:publish|push|login)\b/,
  /\b(?:twine\s+upload|openssl\s+s_client|\/dev\/(?:tcp|udp)\/)/,
  /\/dev\/(?:tcp|udp)\//,
  /(?:^|[\s;&|(`])(?:aws|gcloud|az|kubectl|terraform|ansible(?:-playbook)?|wrangler|vercel|netlify|heroku|flyctl|fly)(?:$|\s)/,
  /(?:^|[\s;&|(`])eval\s|\|\s*(?:ba|z|da)?sh\b/,
];

/** Whether a shell command may reach beyond the sandbox. Quotes and backslashes inside words hide nothing. */
export function callsOut(command: string): boolean {
  const plain = command
    .replace(/\\\n/g, " ")
    .replace(/["'\\]/g, "")
    .replace(/\n/g, " ; ");
  return CALLS_OUT.some((pattern) => pattern.test(plain));
}

/** Whether a call must be approved by a person (spec §4), what people allowed for always taken into account. */
export function needsApproval(autonomy: Autonomy, use: ToolUse, allowed: readonly AllowedUse[]): boolean {
  if (autonomy === "auto" || !SIDE_EFFECTS.has(use.tool)) return false;
  if (autonomy === "auto_safe" && !(use.tool === "bash" && callsOut(textOf(use.args.command)))) return false;
  return !allowed.some((one) => one.tool === use.tool && covers(one.pattern, use));
}

/**
 * What `always` covers: for a plain command its first two words, for a command of several parts or an interpreter that
 * very command, for a file its folder.
 */
export function patternOf(use: ToolUse): string {
  if (use.tool !== "bash") return folderPattern(textOf(use.args.path));
  const command = textOf(use.args.command).trim();
  const words = command.split(/\s+/);
  if (!isPlain(command) || INTERPRETERS.test(words[0] ?? "") || words.length < 2) return command;
  return `${words.slice(0, 2).join(" ")}*`;
}

/** One line a person can judge by. */
export function summaryOf(use: ToolUse): string {
  if (use.tool === "bash") return textOf(use.args.command);
  return `${use.tool === "write" ? "Write" : "Edit"} ${textOf(use.args.path)}`;
}

const INTERPRETERS =
  /(?:^|\/)(?:sudo|env|xargs|nohup|timeout|time|(?:ba|z|da)?sh|node|deno|bun|python[\d.]*|perl|ruby|php|find|awk|make)$/;

function isPlain(command: string): boolean {
  return !/[;&|<>`$()\n\\]/.test(command);
}

/** A pattern ending in `*` covers a plain command or a path that begins with it, at a word's or a folder's end. */
function covers(pattern: string, use: ToolUse): boolean {
  const subject = use.tool === "bash" ? textOf(use.args.command).trim() : workspacePathOf(textOf(use.args.path));
  if (!pattern.endsWith("*")) return subject === pattern;
  const prefix = pattern.slice(0, -1);
  if (use.tool !== "bash") return subject.startsWith(prefix) && !subject.split("/").includes("..");
  const words = subject.split(/\s+/).join(" ");
  return isPlain(subject) && (words === prefix || words.startsWith(`${prefix} `));
}

function folderPattern(path: string): string {
  const inside = workspacePathOf(path);
  const slash = inside.lastIndexOf("/");
  return slash < 0 ? inside : `${inside.slice(0, slash + 1)}*`;
}

/** A path relative to the workspace, whichever way a model wrote it. */
export function workspacePathOf(path: string): string {
  const relative = path
    .trim()
    .replace(/^\/workspace(?:\/|$)/, "")
    .replace(/^(?:\.\/)+/, "");
  return relative === "" ? "." : relative;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
