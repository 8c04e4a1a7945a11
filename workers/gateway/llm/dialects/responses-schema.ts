import { z } from "zod";
import { hint, jsonObject } from "./parts.ts";

const inputText = z.strictObject({
  type: z.enum(["input_text", "output_text"]),
  text: z.string(),
  annotations: hint,
  logprobs: hint,
  parsed: hint,
});
const inputImage = z.strictObject({
  type: z.literal("input_image"),
  image_url: z.string(),
  detail: hint,
  file_id: z.null().optional(),
});
const inputFile = z.strictObject({
  type: z.literal("input_file"),
  file_data: z.string().nullish(),
  file_url: z.string().nullish(),
  filename: z.string().nullish(),
});
const contentPart = z.discriminatedUnion("type", [inputText, inputImage, inputFile]);
export type ContentPart = z.infer<typeof contentPart>;
const content = z.union([z.string(), z.array(contentPart)]);

const own = { id: hint, status: hint };

const item = z.discriminatedUnion("type", [
  z.strictObject({
    ...own,
    type: z.literal("message"),
    role: z.enum(["system", "developer", "user", "assistant"]),
    content,
    phase: hint,
  }),
  z.strictObject({
    ...own,
    type: z.literal("function_call"),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
    parsed_arguments: hint,
  }),
  z.strictObject({ ...own, type: z.literal("function_call_output"), call_id: z.string(), output: content }),
  z.strictObject({
    ...own,
    type: z.literal("reasoning"),
    summary: z.array(z.strictObject({ type: z.literal("summary_text"), text: z.string() })),
    content: z.array(z.strictObject({ type: z.literal("reasoning_text"), text: z.string() })).nullish(),
    encrypted_content: z.string().nullish(),
  }),
]);
export type Item = z.infer<typeof item>;

/** A message may come without its type. */
const typed = (value: unknown) =>
  value !== null && typeof value === "object" && !("type" in value) ? { ...value, type: "message" } : value;

/** A request for a response as far as it can be told to another vendor. */
export const responsesRequest = z.strictObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.preprocess(typed, item))]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: hint,
  max_output_tokens: z.number().int().positive().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal("function"),
        name: z.string(),
        description: z.string().nullish(),
        parameters: jsonObject.nullish(),
        strict: z.boolean().nullish(),
      }),
    )
    .nullish(),
  tool_choice: z
    .union([z.enum(["auto", "none", "required"]), z.strictObject({ type: z.literal("function"), name: z.string() })])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning: z
    .strictObject({
      effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).nullish(),
      summary: hint,
      generate_summary: hint,
    })
    .nullish(),
  text: z
    .strictObject({
      format: z
        .discriminatedUnion("type", [
          z.strictObject({ type: z.literal("text") }),
          z.strictObject({ type: z.literal("json_object") }),
          z.strictObject({
            type: z.literal("json_schema"),
            name: z.string(),
            description: z.string().nullish(),
            schema: jsonObject,
            strict: z.boolean().nullish(),
          }),
        ])
        .nullish(),
      verbosity: z.literal("medium").nullish(),
    })
    .nullish(),
  include: z.array(z.literal("reasoning.encrypted_content")).nullish(),
  truncation: z.literal("disabled").nullish(),
  store: z.literal(false).nullish(),
  background: z.literal(false).nullish(),
  previous_response_id: z.null().optional(),
  conversation: z.null().optional(),
  prompt: z.null().optional(),
  user: hint,
  metadata: hint,
  safety_identifier: hint,
  prompt_cache_key: hint,
  prompt_cache_retention: hint,
  service_tier: z.enum(["auto", "default"]).nullish(),
});
export type ResponsesRequest = z.infer<typeof responsesRequest>;
