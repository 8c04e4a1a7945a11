import type { ModelPrice } from "#contract/provider";

/** An answer's bound where neither the request nor the model names one. */
export const ASSUMED_OUTPUT_TOKENS = 32_768;
/** What vendors put around a prompt themselves, such as their instructions for tools: some hundreds of tokens. */
export const VENDOR_TOKENS = 1_000;
/** More than vendors count for one image. */
const IMAGE_TOKENS = 5_000;
/** Prose has about four bytes a token, code and other scripts about three: the smaller, so that the estimate is high. */
const BYTES_PER_TOKEN = 3;
const BASE64_IMAGE = /^(?:data:|[A-Za-z0-9+/=]{4096})/;

/** What is known of a model when a call's worst case is reckoned. */
export interface PricedModel {
  price: ModelPrice;
  contextTokens: number | null;
  maxOutputTokens: number | null;
}

/** The most a call may cost, in micro-USD, rounded up: all of its input at the full price, and the longest answer. */
export function worstCase(model: PricedModel, request: unknown): number {
  const input = VENDOR_TOKENS + estimateTokens(request);
  const room = model.contextTokens === null ? Number.POSITIVE_INFINITY : Math.max(1, model.contextTokens - input);
  const output = Math.min(room, outputBound(request) ?? model.maxOutputTokens ?? ASSUMED_OUTPUT_TOKENS);
  const inputPrice = Math.max(model.price.inputMicroUsd, model.price.cachedMicroUsd);
  const answers = positive(field(request, "n")) ?? 1;
  return Math.ceil((input * inputPrice + answers * output * model.price.outputMicroUsd) / 1_000_000);
}

/** The bound that a request sets, in any of the dialects' names for it; null where it sets none. */
function outputBound(request: unknown): number | null {
  const names = ["max_completion_tokens", "max_output_tokens", "max_tokens"];
  return names.map((name) => positive(field(request, name))).find((one) => one !== null) ?? null;
}

function field(value: unknown, name: string): unknown {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>)[name] : undefined;
}

function positive(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : null;
}

/** A high estimate of the tokens that a request's JSON is read as; images by their number, not their bytes. */
export function estimateTokens(value: unknown): number {
  if (typeof value === "string") return BASE64_IMAGE.test(value) ? IMAGE_TOKENS : textTokens(value);
  if (value === null || typeof value !== "object") return 1;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + estimateTokens(one), 1);
  return Object.entries(value).reduce((sum, [key, one]) => sum + textTokens(key) + estimateTokens(one), 1);
}

const encoder = new TextEncoder();
function textTokens(text: string): number {
  return Math.ceil(encoder.encode(text).length / BYTES_PER_TOKEN);
}
