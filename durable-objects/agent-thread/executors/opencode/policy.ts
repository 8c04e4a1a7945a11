import type { Autonomy } from "#contract/run";
import { type AllowedUse, needsApproval, patternOf, summaryOf, type ToolUse } from "../../autonomy.ts";
import { inWorkspace, plainPatch } from "./tool-face.ts";
import type { PermissionRequest } from "./wire.ts";

/** A call that OpenCode asks about, in our words: what is decided upon, shown, and bound to an approval. */
export interface AskedUse extends ToolUse {
  summary: string;
  /** What `always` covers. */
  pattern: string;
}

/** The use behind a permission request. Its arguments are everything that the request tells of the call. */
export function askedUse({ permission, patterns, metadata }: PermissionRequest, root: string): AskedUse {
  const word = (name: string) => (typeof metadata[name] === "string" ? (metadata[name] as string) : "");
  if (permission === "bash") return ours({ tool: "bash", args: { command: word("command") || patterns.join("; ") } });
  if (permission === "edit") {
    const path = inWorkspace(word("filepath") || (patterns[0] ?? ""), root);
    return ours({ tool: "edit", args: { path, diff: plainPatch(word("diff"), root) } });
  }
  const said = word("url") || patterns.join(", ");
  const summary = `${WORDS[permission] ?? permission} ${said}`.trim();
  return { tool: permission, args: { ...metadata, patterns }, summary, pattern: said };
}

function ours(use: ToolUse): AskedUse {
  return { ...use, summary: summaryOf(use), pattern: patternOf(use) };
}

const WORDS: Record<string, string> = {
  webfetch: "Fetch",
  websearch: "Search the web for",
  external_directory: "Reach outside of the workspace:",
  read: "Read",
  doom_loop: "Repeat the same call:",
};

/**
 * Whether a person must decide. Our own rules decide about files and commands; whatever else OpenCode asks about reaches beyond
 * the workspace, and passes by itself only where nothing asks or people have allowed it for always.
 */
export function mustAsk(autonomy: Autonomy, use: AskedUse, allowed: readonly AllowedUse[]): boolean {
  if (use.tool === "bash" || use.tool === "edit") return needsApproval(autonomy, use, allowed);
  return autonomy !== "auto" && !allowed.some((one) => one.tool === use.tool && one.pattern === use.pattern);
}
