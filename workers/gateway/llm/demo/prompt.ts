import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import { z } from "zod";
import type { CallOptions } from "../dialect.ts";

/** The part of JSON Schema that the demo model reads. */
export interface JsonSchema {
  type?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
}

/** Reads what it can: a schema in a form it does not know is an empty one. */
const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    type: z.unknown().optional(),
    enum: z.array(z.unknown()).optional().catch(undefined),
    properties: z.record(z.string(), jsonSchema.catch({})).optional().catch(undefined),
    required: z.array(z.string()).optional().catch(undefined),
    items: jsonSchema.optional().catch(undefined),
  }),
);

export interface ToolSpec {
  name: string;
  parameters: JsonSchema;
}

/** The functions that a request offers to the model. */
export function toolsOf({ tools }: CallOptions): ToolSpec[] {
  return (tools ?? []).flatMap((tool) =>
    tool.type === "function"
      ? [{ name: tool.name, parameters: jsonSchema.safeParse(tool.inputSchema).data ?? {} }]
      : [],
  );
}

/** A message as the demo model reads it; each result of a tool is one. */
export interface DemoMessage {
  role: "system" | "user" | "assistant" | "tool";
  text: string;
}

export function messagesOf(prompt: LanguageModelV4Prompt): DemoMessage[] {
  return prompt.flatMap((message): DemoMessage[] => {
    if (message.role === "system") return [{ role: "system", text: message.content }];
    if (message.role === "tool")
      return message.content.map((part) => ({
        role: "tool",
        text: part.type === "tool-result" ? resultOf(part.output) : "",
      }));
    const texts = message.content.flatMap((part) => (part.type === "text" ? [part.text] : []));
    return [{ role: message.role, text: texts.join("\n") }];
  });
}

type Output = Extract<
  Extract<LanguageModelV4Prompt[number], { role: "tool" }>["content"][number],
  { type: "tool-result" }
>["output"];

function resultOf(output: Output): string {
  if (output.type === "content") return output.value.map((part) => (part.type === "text" ? part.text : "")).join("\n");
  if (output.type === "execution-denied") return output.reason ?? "";
  return typeof output.value === "string" ? output.value : JSON.stringify(output.value);
}
