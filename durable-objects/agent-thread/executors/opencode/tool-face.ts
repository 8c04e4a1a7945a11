import type { ItemDetail, ItemKind, ItemStatus } from "#contract/run";
import { shortTitle } from "../../tools/tool.ts";
import { shortArgs } from "../../tools/truncate.ts";
import type { Part } from "./wire.ts";

type Input = Record<string, unknown>;

export interface ToolFace {
  kind: ItemKind;
  title: string;
  detail: ItemDetail;
}

/** How a tool call of OpenCode is shown; `root` is the workspace as OpenCode names it. */
export function toolFace(tool: string, input: Input, root: string): ToolFace {
  const face = FACES[tool]?.(input, root) ?? { kind: "tool_call", title: shortTitle(`Use ${tool}`), detail: {} };
  return { ...face, detail: { tool, args: shortArgs(namedAsOurs(input, root)), ...face.detail } };
}

const word = (value: unknown): string => (typeof value === "string" ? value : "");

const FACES: Record<string, (input: Input, root: string) => ToolFace> = {
  bash: ({ command }) => ({
    kind: "command",
    title: `Run ${shortTitle(word(command))}`,
    detail: { command: word(command).slice(0, 8_000) },
  }),
  write: (input, root) => fileFace("Write", input, root),
  edit: (input, root) => fileFace("Edit", input, root),
  apply_patch: () => ({ kind: "file_change", title: "Edit files", detail: {} }),
  todowrite: ({ todos }) => planFace(todos),
  read: ({ filePath }, root) => plainFace("Read", inWorkspace(word(filePath), root)),
  glob: ({ pattern }) => plainFace("Find", word(pattern)),
  grep: ({ pattern }) => plainFace("Search", word(pattern)),
  list: ({ path }, root) => plainFace("List", inWorkspace(word(path), root)),
  webfetch: ({ url }) => plainFace("Fetch", word(url)),
  websearch: ({ query }) => plainFace("Search the web for", word(query)),
  skill: ({ name }) => plainFace("Use skill", word(name)),
  task: ({ description, subagent_type }) => plainFace("Delegate", word(description) || word(subagent_type)),
};

function plainFace(verb: string, object: string): ToolFace {
  return { kind: "tool_call", title: shortTitle(`${verb} ${object}`.trim()), detail: {} };
}

function fileFace(verb: string, { filePath }: Input, root: string): ToolFace {
  const path = inWorkspace(word(filePath), root);
  return { kind: "file_change", title: `${verb} ${path}`.trim(), detail: path ? { path } : {} };
}

/** OpenCode's fourth state, `cancelled`, is a step nobody will take: it counts as done. */
function planFace(todos: unknown): ToolFace {
  const steps = (Array.isArray(todos) ? todos : []).slice(0, 50).map((one: Input) => {
    const status = word(one?.status);
    const known = status === "pending" || status === "in_progress" ? status : "completed";
    return { text: word(one?.content), status: known as "pending" | "in_progress" | "completed" };
  });
  const done = steps.filter((one) => one.status === "completed").length;
  return { kind: "plan", title: `Plan, ${done} of ${steps.length} done`, detail: { steps } };
}

/** Arguments under the names that people see with our own tools, so that they are shown alike. */
function namedAsOurs(input: Input, root: string): Input {
  const names: Record<string, string> = { filePath: "path", oldString: "oldText", newString: "newText" };
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      names[name] ?? name,
      name === "filePath" ? inWorkspace(word(value), root) : value,
    ]),
  );
}

/** A path relative to the workspace where it is in it. */
export function inWorkspace(path: string, root: string): string {
  if (root !== "" && path.startsWith(`${root}/`)) return path.slice(root.length + 1);
  return path === root ? "." : path.replace(/^\.\//, "");
}

export interface ToolEnd {
  status: ItemStatus;
  text: string;
  detail: ItemDetail;
}

type State = NonNullable<Part["state"]>;

/** What a call that is over has to show. */
export function toolEnd(tool: string, state: State, root: string): ToolEnd {
  if (state.status === "error") return { status: statusOfError(state.error), text: state.error, detail: {} };
  const { metadata } = state;
  if (tool === "bash") return commandEnd(state);
  if (tool === "write" || tool === "edit" || tool === "apply_patch")
    return { status: "completed", text: "", detail: diffDetail(word(metadata.diff), root) };
  if (tool === "todowrite") return { status: "completed", text: "", detail: {} };
  return { status: "completed", text: plainOutput(state), detail: {} };
}

function commandEnd(state: State): ToolEnd {
  const exit = state.metadata.exit;
  const exitCode = typeof exit === "number" ? exit : null;
  const text = state.output.replace(/^\(no output\)\n*/, "").replace(/<\/?shell_metadata>\n?/g, "");
  const status = exitCode === 0 ? "completed" : exitCode === null ? "cancelled" : "failed";
  return { status, text, detail: exitCode === null ? {} : { exitCode } };
}

function statusOfError(error: string): ItemStatus {
  if (/^The user (?:rejected|dismissed)/.test(error)) return "declined";
  return /aborted/i.test(error) ? "cancelled" : "failed";
}

/** A file's own text and a sub-agent's own words, without the marks that are meant for the model. */
function plainOutput({ output, metadata }: State): string {
  const shown = (metadata.display as { text?: unknown } | undefined)?.text;
  if (typeof shown === "string") return shown;
  return /^<task [^>]*>\s*<task_result>\n?([\s\S]*?)\n?<\/task_result>/.exec(output)?.[1] ?? output;
}

const MAX_DIFF_CHARS = 60_000;

/** OpenCode's patch as our diffs look: the files named from the workspace. */
export function plainPatch(patch: string, root: string): string {
  const lines = patch.replace(/^Index: .*\n=+\n/gm, "").split("\n");
  const named = lines.map((line) => {
    const head = /^(---|\+\+\+) (\S.*?)(?:\t.*)?$/.exec(line);
    return head ? `${head[1]} ${head[1] === "---" ? "a" : "b"}/${inWorkspace(head[2] ?? "", root)}` : line;
  });
  return named.join("\n");
}

/** A patch as an item shows it, with how many lines it adds and removes. */
export function diffDetail(patch: string, root: string): ItemDetail {
  if (patch === "") return {};
  const diff = plainPatch(patch, root);
  const count = (sign: string) =>
    diff.split("\n").filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3))).length;
  return { diff: diff.slice(0, MAX_DIFF_CHARS), added: count("+"), removed: count("-") };
}
