import type { LanguageModelV4FunctionTool, SharedV4ProviderOptions } from "@ai-sdk/provider";
import type { CallOptions } from "../dialect.ts";
import { UPSTREAM } from "../dialect.ts";
import { schemaOf } from "./parts.ts";

/** Leaves out what is null or absent: an option that is not given is no key at all. */
export function given<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

interface FunctionTool {
  name: string;
  description?: string | null | undefined;
  schema: Record<string, unknown> | null | undefined;
  strict?: boolean | null | undefined;
  options?: { providerOptions?: SharedV4ProviderOptions };
}

export function functionTool(tool: FunctionTool): LanguageModelV4FunctionTool {
  const { name, description, strict } = tool;
  return {
    type: "function",
    name,
    inputSchema: schemaOf(tool.schema),
    ...given({ description, strict }),
    ...tool.options,
  };
}

interface JsonFormat {
  schema: Record<string, unknown> | null | undefined;
  name?: string | null | undefined;
  description?: string | null | undefined;
}

export function jsonFormat({ schema, name, description }: JsonFormat): NonNullable<CallOptions["responseFormat"]> {
  return { type: "json", ...given({ name, description, schema: schema ? schemaOf(schema) : null }) };
}

/** Options that have no place in the common form; each vendor's client reads its own. */
export function vendorOptions(wanted: {
  oneCallAtATime: boolean;
  strictSchema?: boolean | null | undefined;
}): Pick<CallOptions, "providerOptions"> {
  const upstream = {
    ...(wanted.oneCallAtATime ? { parallel_tool_calls: false } : {}),
    ...(wanted.strictSchema === undefined ? {} : { strictJsonSchema: wanted.strictSchema ?? false }),
  };
  if (Object.keys(upstream).length === 0) return {};
  const providerOptions: SharedV4ProviderOptions = { [UPSTREAM]: upstream };
  if (wanted.oneCallAtATime) providerOptions.anthropic = { disableParallelToolUse: true };
  return { providerOptions };
}

/** The choices of tool that dialects write as a word. */
export const CHOICES = {
  auto: { type: "auto" },
  any: { type: "required" },
  required: { type: "required" },
  none: { type: "none" },
} as const;
