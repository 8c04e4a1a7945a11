import { z } from "zod";

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

const chatMessage = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]).nullish(),
});
export type ChatMessage = z.infer<typeof chatMessage>;

/** OpenAI's chat completion request: what the gateway reads of it; everything else travels on untouched. */
export const chatRequest = z.looseObject({
  model: z.string().min(1),
  messages: z.array(chatMessage).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({}).nullish(),
  tools: z
    .array(
      z.looseObject({ function: z.looseObject({ name: z.string(), parameters: z.unknown().optional() }).optional() }),
    )
    .nullish(),
});
export type ChatRequest = z.infer<typeof chatRequest>;

export interface ToolSpec {
  name: string;
  parameters: JsonSchema;
}

/** The functions that a request offers to the model. */
export function toolsOf(request: ChatRequest): ToolSpec[] {
  return (request.tools ?? []).flatMap((tool) =>
    tool.function
      ? [{ name: tool.function.name, parameters: jsonSchema.safeParse(tool.function.parameters).data ?? {} }]
      : [],
  );
}

/** The text of a message, its text parts joined; empty where there is none. */
export function textOf(message: ChatMessage | undefined): string {
  const content = message?.content ?? "";
  if (typeof content === "string") return content;
  return content.map((part) => part.text ?? "").join("\n");
}
