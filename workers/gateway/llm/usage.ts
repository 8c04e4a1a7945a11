import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import { z } from "zod";
import type { Usage } from "#contract/usage";
import type { ProviderModel } from "./upstream.ts";

const count = z.number().int().nonnegative().catch(0);
const details = (field: string) =>
  z
    .object({ [field]: count })
    .nullish()
    .catch(null);

/** The `usage` object of chat completions. OpenRouter adds what the call cost, in US dollars. */
const chatUsage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: details("cached_tokens"),
  completion_tokens_details: details("reasoning_tokens"),
  cost: z.number().nonnegative().nullish().catch(null),
});

const responsesUsage = z.object({
  input_tokens: count,
  output_tokens: count,
  input_tokens_details: details("cached_tokens"),
  output_tokens_details: details("reasoning_tokens"),
});

/** Anthropic's `usage`: its `input_tokens` are those that no cache was asked about. */
const messagesUsage = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
});

export interface TokenCounts {
  /** All of the prompt: fresh tokens, those read from a cache and those written to one. */
  inputTokens: number;
  /** All that was generated, reasoning included. */
  outputTokens: number;
  cachedTokens: number;
  /** Part of `inputTokens`; absent where nobody said. */
  cacheWriteTokens?: number;
  /** Part of `outputTokens`; absent where nobody said. */
  reasoningTokens?: number;
  /** What the provider says it cost; it then counts in the place of the price table. */
  costMicroUsd?: number;
}

/** Token counts of a chat completion's `usage`; null where it is none. */
export function readChatUsage(value: unknown): TokenCounts | null {
  const parsed = chatUsage.safeParse(value).data;
  if (!parsed) return null;
  return {
    inputTokens: parsed.prompt_tokens,
    outputTokens: parsed.completion_tokens,
    cachedTokens: parsed.prompt_tokens_details?.cached_tokens ?? 0,
    reasoningTokens: parsed.completion_tokens_details?.reasoning_tokens ?? 0,
    ...(typeof parsed.cost === "number" ? { costMicroUsd: Math.ceil(parsed.cost * 1_000_000) } : {}),
  };
}

/** Token counts of a response's `usage`; null where it is none. */
export function readResponsesUsage(value: unknown): TokenCounts | null {
  const parsed = responsesUsage.safeParse(value).data;
  if (!parsed) return null;
  return {
    inputTokens: parsed.input_tokens,
    outputTokens: parsed.output_tokens,
    cachedTokens: parsed.input_tokens_details?.cached_tokens ?? 0,
    reasoningTokens: parsed.output_tokens_details?.reasoning_tokens ?? 0,
  };
}

/** Token counts of an Anthropic `usage`; null where it is none. */
export function readMessagesUsage(value: unknown): TokenCounts | null {
  const parsed = messagesUsage.safeParse(value).data;
  if (!parsed) return null;
  const [cached, written] = [parsed.cache_read_input_tokens, parsed.cache_creation_input_tokens];
  return {
    inputTokens: parsed.input_tokens + cached + written,
    outputTokens: parsed.output_tokens,
    cachedTokens: cached,
    cacheWriteTokens: written,
  };
}

/** Token counts of a translated answer; null where its provider gave none. */
export function readModelUsage(usage: LanguageModelV4Usage): TokenCounts | null {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens.total === undefined && outputTokens.total === undefined) return null;
  const cost = usage.raw ? readChatUsage(usage.raw)?.costMicroUsd : undefined;
  return {
    inputTokens: inputTokens.total ?? 0,
    outputTokens: outputTokens.total ?? 0,
    cachedTokens: inputTokens.cacheRead ?? 0,
    cacheWriteTokens: inputTokens.cacheWrite ?? 0,
    reasoningTokens: outputTokens.reasoning ?? 0,
    ...(cost === undefined ? {} : { costMicroUsd: cost }),
  };
}

/** What tokens cost: integer micro-USD, rounded up; 0 where neither the provider nor the price table says. */
export function priced(tokens: TokenCounts, price: ProviderModel["price"]): Usage {
  const { inputTokens, outputTokens, cachedTokens } = tokens;
  const costMicroUsd = tokens.costMicroUsd ?? (price ? costOf(tokens, price) : 0);
  return { inputTokens, outputTokens, cachedTokens, costMicroUsd };
}

function costOf(tokens: TokenCounts, price: NonNullable<ProviderModel["price"]>): number {
  const fresh = Math.max(0, tokens.inputTokens - tokens.cachedTokens);
  const perMillion =
    fresh * price.inputMicroUsd +
    tokens.cachedTokens * price.cachedMicroUsd +
    tokens.outputTokens * price.outputMicroUsd;
  return Math.ceil(perMillion / 1_000_000);
}

/** The count where nobody counted: a token per four UTF-16 units begun. The demo model's real figures are made so too. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** The same count over the texts of a prompt, a text a message. */
export function countTexts(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + countTokens(text), 0);
}

/** The text of a message's content in any dialect, its parts' texts joined; empty where there is none. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map((part) => textOf(part)).join("\n");
  if (content === null || typeof content !== "object") return "";
  const part = content as Record<string, unknown>;
  return textOf(part.text ?? part.thinking ?? part.content ?? part.output ?? part.arguments ?? null);
}
