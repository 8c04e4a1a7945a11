import { z } from "zod";
import type { Usage } from "#contract/usage";
import { type ChatMessage, textOf } from "./chat-request.ts";
import type { ProviderModel } from "./upstream.ts";

const count = z.number().int().nonnegative().catch(0);

/** The `usage` object of the OpenAI dialect. */
const usageSchema = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(null),
});

export interface TokenCounts {
  inputTokens: number;
  outputTokens: number;
  cachedTokens: number;
}

/** Token counts of a `usage` object; null where it is none. `inputTokens` includes the cached ones. */
export function readUsage(value: unknown): TokenCounts | null {
  if (value === null || value === undefined) return null;
  const parsed = usageSchema.safeParse(value).data;
  if (!parsed) return null;
  return {
    inputTokens: parsed.prompt_tokens,
    outputTokens: parsed.completion_tokens,
    cachedTokens: parsed.prompt_tokens_details?.cached_tokens ?? 0,
  };
}

/** What tokens cost: integer micro-USD, rounded up; 0 where the price is unknown. */
export function priced(tokens: TokenCounts, price: ProviderModel["price"]): Usage {
  if (!price) return { ...tokens, costMicroUsd: 0 };
  const fresh = Math.max(0, tokens.inputTokens - tokens.cachedTokens);
  const perMillion =
    fresh * price.inputMicroUsd +
    tokens.cachedTokens * price.cachedMicroUsd +
    tokens.outputTokens * price.outputMicroUsd;
  return { ...tokens, costMicroUsd: Math.ceil(perMillion / 1_000_000) };
}

/** The count where nobody counted: a token per four UTF-16 units begun. The demo model's real figures are made so too. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** The same count over all texts of a request. */
export function countPrompt(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, message) => sum + countTokens(textOf(message)), 0);
}
