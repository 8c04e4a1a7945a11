import { z } from "zod";

/** Tokens of model calls and what they cost in micro-USD: all of it but the tokens whose price is unknown. */
export const usage = z.object({
  inputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  cachedTokens: z.number().int().nonnegative(),
  costMicroUsd: z.number().int().nonnegative(),
  /** How many of the tokens are of models without a known price; absent where none are. */
  unpricedTokens: z.number().int().positive().optional(),
});
export type Usage = z.infer<typeof usage>;

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costMicroUsd: 0 };

/** What a model call is for where it is not a step of its run: its answer is not part of what the model reads next. */
export const callPurpose = z.enum(["title", "summary"]);
export type CallPurpose = z.infer<typeof callPurpose>;

/** What a conversation's model calls used: in all, and per model by name. */
export const conversationUsage = z.object({
  calls: z.number().int().nonnegative(),
  usage,
  models: z.array(z.object({ model: z.string(), calls: z.number().int().nonnegative(), usage })),
});
export type ConversationUsage = z.infer<typeof conversationUsage>;
