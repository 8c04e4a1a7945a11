import { z } from "zod";
import { cacheControl, hint, jsonObject } from "./parts.ts";

const textBlock = z.strictObject({
  type: z.literal("text"),
  text: z.string(),
  citations: z.union([z.null(), z.array(z.unknown()).max(0)]).optional(),
  cache_control: cacheControl,
});
const base64 = z.strictObject({ type: z.literal("base64"), media_type: z.string(), data: z.string() });
const byUrl = z.strictObject({ type: z.literal("url"), url: z.string() });

const imageBlock = z.strictObject({
  type: z.literal("image"),
  source: z.discriminatedUnion("type", [base64, byUrl]),
  cache_control: cacheControl,
});
export type ImageBlock = z.infer<typeof imageBlock>;

const documentBlock = z.strictObject({
  type: z.literal("document"),
  source: z.discriminatedUnion("type", [base64, byUrl]),
  title: z.string().nullish(),
  citations: z.strictObject({ enabled: z.literal(false) }).nullish(),
  cache_control: cacheControl,
});
export type DocumentBlock = z.infer<typeof documentBlock>;

const resultBlock = z.strictObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z
    .union([z.string(), z.array(z.discriminatedUnion("type", [textBlock, imageBlock, documentBlock]))])
    .nullish(),
  is_error: z.boolean().nullish(),
  cache_control: cacheControl,
});
export type ResultBlock = z.infer<typeof resultBlock>;

const userBlock = z.discriminatedUnion("type", [textBlock, imageBlock, documentBlock, resultBlock]);
export type UserBlock = z.infer<typeof userBlock>;

const assistantBlock = z.discriminatedUnion("type", [
  textBlock,
  z.strictObject({ type: z.literal("thinking"), thinking: z.string(), signature: z.string().nullish() }),
  z.strictObject({ type: z.literal("redacted_thinking"), data: z.string() }),
  z.strictObject({
    type: z.literal("tool_use"),
    id: z.string(),
    name: z.string(),
    input: jsonObject,
    caller: hint,
    cache_control: cacheControl,
  }),
]);
export type AssistantBlock = z.infer<typeof assistantBlock>;

const jsonSchemaFormat = z.strictObject({ type: z.literal("json_schema"), schema: jsonObject, name: hint }).nullish();
const parallel = { disable_parallel_tool_use: z.boolean().nullish() };

/** A request of Anthropic's messages API as far as it can be told to another vendor. */
export const messagesRequest = z.strictObject({
  model: z.string(),
  max_tokens: z.number().int().positive(),
  system: z.union([z.string(), z.array(textBlock)]).nullish(),
  messages: z.array(
    z.discriminatedUnion("role", [
      z.strictObject({ role: z.literal("user"), content: z.union([z.string(), z.array(userBlock)]) }),
      z.strictObject({ role: z.literal("assistant"), content: z.union([z.string(), z.array(assistantBlock)]) }),
      z.strictObject({ role: z.literal("system"), content: z.union([z.string(), z.array(textBlock)]) }),
    ]),
  ),
  stream: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.number().int().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal("custom").nullish(),
        name: z.string(),
        description: z.string().nullish(),
        input_schema: jsonObject,
        strict: z.boolean().nullish(),
        eager_input_streaming: hint,
        cache_control: cacheControl,
      }),
    )
    .nullish(),
  tool_choice: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.enum(["auto", "any"]), ...parallel }),
      z.strictObject({ type: z.literal("none") }),
      z.strictObject({ type: z.literal("tool"), name: z.string(), ...parallel }),
    ])
    .nullish(),
  thinking: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("disabled") }),
      z.strictObject({ type: z.literal("adaptive"), display: hint }),
      z.strictObject({ type: z.literal("enabled"), budget_tokens: z.number().int().positive(), display: hint }),
    ])
    .nullish(),
  output_config: z
    .strictObject({ effort: z.enum(["low", "medium", "high", "xhigh", "max"]).nullish(), format: jsonSchemaFormat })
    .nullish(),
  output_format: jsonSchemaFormat,
  cache_control: cacheControl,
  metadata: hint,
  service_tier: z.enum(["auto", "standard_only"]).nullish(),
});
export type MessagesRequest = z.infer<typeof messagesRequest>;
