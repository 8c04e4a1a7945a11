import type { JsonSchema, ToolSpec } from "./prompt.ts";
import type { Directive } from "./script.ts";

export type CallDirective = Extract<Directive, { kind: "run" | "write" | "read" | "edit" | "ask" | "tool" }>;
export interface DemoCall {
  name: string;
  args: Record<string, unknown>;
}

const TOOL_NAMES: Record<Exclude<CallDirective["kind"], "tool">, readonly string[]> = {
  run: ["bash", "shell", "run", "exec"],
  write: ["write", "write_file", "create"],
  read: ["read", "read_file"],
  edit: ["edit", "edit_file", "str_replace"],
  ask: ["ask", "question"],
};

/** The names under which agents know an argument, ours first. */
const ARGUMENT_NAMES: Record<string, readonly string[]> = {
  command: ["command", "cmd", "script"],
  path: ["path", "filePath", "file_path", "filename"],
  content: ["content", "contents", "text"],
  oldText: ["oldText", "oldString", "old_string", "old_str"],
  newText: ["newText", "newString", "new_string", "new_str"],
  question: ["question", "text", "prompt"],
  options: ["options", "choices"],
};

/**
 * The call of the request's own tool list that does what the directive says, with arguments under the names that the
 * tool's schema gives them; null where no tool of the list does that.
 */
export function matchTool(directive: CallDirective, tools: readonly ToolSpec[]): DemoCall | null {
  if (directive.kind === "tool") {
    const named = tools.find((tool) => tool.name === directive.name);
    return named ? { name: named.name, args: directive.args } : null;
  }
  const names = TOOL_NAMES[directive.kind];
  const tool = names.map((name) => tools.find((one) => one.name === name)).find((one) => one !== undefined);
  return tool ? { name: tool.name, args: fillArguments(tool.parameters, directive) } : null;
}

/** One line for people: what a directive does. */
export function describeCall(directive: CallDirective): string {
  switch (directive.kind) {
    case "run":
      return `run \`${directive.command}\``;
    case "ask":
      return `ask “${directive.question}”`;
    case "tool":
      return `tool ${directive.name}`;
    default:
      return `${directive.kind} ${directive.path}`;
  }
}

type Values = Exclude<CallDirective, { kind: "tool" }>;

function fillArguments(schema: JsonSchema, directive: Values): Record<string, unknown> {
  const properties = schema.properties ?? {};
  if (directive.kind === "ask" && properties.questions)
    return { questions: [questionOf(properties.questions, directive)] };
  const values = Object.entries(directive).filter(([name]) => name !== "kind");
  const args: Record<string, unknown> = {};
  for (const [name, value] of values) {
    const key = (ARGUMENT_NAMES[name] ?? [name]).find((candidate) => candidate in properties);
    if (key) args[key] = name === "options" ? optionsAs(properties[key], value as string[]) : value;
  }
  return { ...restOf(schema, directive, args), ...args };
}

/** What the schema requires and the directive does not say: a description, or the plainest value of the type. */
function restOf(schema: JsonSchema, directive: Values, given: object): Record<string, unknown> {
  const missing = (schema.required ?? []).filter((name) => !(name in given));
  return Object.fromEntries(
    missing.map((name) => [name, plainValue(schema.properties?.[name], describeCall(directive))]),
  );
}

function plainValue(schema: JsonSchema | undefined, text: string): unknown {
  const plain: Record<string, unknown> = { boolean: false, integer: 0, number: 0, array: [], object: {} };
  return plain[String(schema?.type)] ?? schema?.enum?.[0] ?? text;
}

function questionOf(list: JsonSchema, directive: Extract<Values, { kind: "ask" }>): Record<string, unknown> {
  const item = list.items ?? {};
  const options = optionsAs(item.properties?.options, directive.options);
  const question = { question: directive.question, header: directive.question.slice(0, 30), options };
  const known = Object.entries(question).filter(([name]) => !item.properties || name in item.properties);
  const given = Object.fromEntries(known);
  return { ...restOf(item, directive, given), ...given };
}

/** Options as plain texts, or as objects where the schema asks for labels. */
function optionsAs(schema: JsonSchema | undefined, options: readonly string[]): unknown[] {
  const item = schema?.items;
  if (item?.type !== "object") return [...options];
  const described = "description" in (item.properties ?? {});
  return options.map((label) => (described ? { label, description: label } : { label }));
}
