import { z } from "zod";
import { cacheControl, hint, jsonObject } from "./parts.ts";

const textPart = z.strictObject({ type: z.literal("text"), text: z.string(), cache_control: cacheControl });
const textContent = z.union([z.string(), z.array(textPart)]);

const userPart = z.discriminatedUnion("type", [
  textPart,
  z.strictObject({
    type: z.literal("image_url"),
    image_url: z.strictObject({ url: z.string(), detail: hint }),
    cache_control: cacheControl,
  }),
  z.strictObject({
    type: z.literal("input_audio"),
    input_audio: z.strictObject({ data: z.string(), format: z.enum(["wav", "mp3"]) }),
  }),
  z.strictObject({
    type: z.literal("file"),
    file: z.strictObject({ file_data: z.string(), filename: z.string().optional() }),
    cache_control: cacheControl,
  }),
]);
export type UserContentPart = z.infer<typeof userPart>;

const toolCall = z.strictObject({
  id: z.string(),
  type: z.literal("function").optional(),
  index: hint,
  function: z.strictObject({ name: z.string(), arguments: z.string(), parsed_arguments: hint }),
  extra_content: z
    .strictObject({ google: z.strictObject({ thought_signature: z.string().nullish() }).nullish() })
    .nullish(),
});

const message = z.discriminatedUnion("role", [
  z.strictObject({
    role: z.enum(["system", "developer"]),
    content: textContent,
    name: hint,
    cache_control: cacheControl,
  }),
  z.strictObject({
    role: z.literal("user"),
    content: z.union([z.string(), z.array(userPart)]),
    name: hint,
    cache_control: cacheControl,
  }),
  z.strictObject({
    role: z.literal("assistant"),
    content: textContent.nullish(),
    reasoning_content: z.string().nullish(),
    reasoning: z.string().nullish(),
    tool_calls: z.array(toolCall).nullish(),
    refusal: z.null().optional(),
    annotations: hint,
    parsed: hint,
    name: hint,
    cache_control: cacheControl,
  }),
  z.strictObject({
    role: z.literal("tool"),
    tool_call_id: z.string(),
    content: textContent,
    name: hint,
    cache_control: cacheControl,
  }),
]);
export type Message = z.infer<typeof message>;

const namedFunction = z.strictObject({ type: z.literal("function"), function: z.strictObject({ name: z.string() }) });

/** A chat completion request as far as it can be told to another vendor. */
export const chatRequest = z.strictObject({
  model: z.string(),
  messages: z.array(message),
  stream: z.boolean().nullish(),
  stream_options: hint,
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  presence_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  seed: z.number().int().nullish(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).nullish(),
  n: z.literal(1).nullish(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal("function"),
        function: z.strictObject({
          name: z.string(),
          description: z.string().nullish(),
          parameters: jsonObject.nullish(),
          strict: z.boolean().nullish(),
        }),
        cache_control: cacheControl,
      }),
    )
    .nullish(),
  tool_choice: z.union([z.enum(["auto", "none", "required"]), namedFunction]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("text") }),
      z.strictObject({ type: z.literal("json_object") }),
      z.strictObject({
        type: z.literal("json_schema"),
        json_schema: z.strictObject({
          name: z.string(),
          description: z.string().nullish(),
          schema: jsonObject.nullish(),
          strict: z.boolean().nullish(),
        }),
      }),
    ])
    .nullish(),
  logprobs: z.literal(false).nullish(),
  store: z.literal(false).nullish(),
  user: hint,
  metadata: hint,
  safety_identifier: hint,
  prompt_cache_key: hint,
  prompt_cache_retention: hint,
  service_tier: z.enum(["auto", "default"]).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequest>;
