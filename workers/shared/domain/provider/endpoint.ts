import { fail, ok, type Result } from "#contract/problem";
import type { ProviderKind } from "#contract/provider";

/** Where each kind's own API is; null where the address depends on the customer's account. */
const DEFAULT_BASE_URLS = {
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com/v1",
  google: "https://generativelanguage.googleapis.com/v1beta",
  openrouter: "https://openrouter.ai/api/v1",
  workers_ai: null,
  openai_compatible: null,
} as const satisfies Record<ProviderKind, string | null>;

interface Place {
  kind: ProviderKind;
  baseUrl: string | null;
}

/** What a provider speaks: OpenAI's chat completions, Anthropic's messages, or Gemini's generateContent. */
export type Wire = "chat" | "messages" | "google";

/** The base of a provider's API, without a slash at its end. `unsupported` where one must be given. */
export function endpointOf(provider: Place): Result<string> {
  const base = provider.baseUrl ?? DEFAULT_BASE_URLS[provider.kind];
  if (base) return ok(base.replace(/\/+$/, ""));
  const hint =
    provider.kind === "workers_ai"
      ? "Workers AI needs a base URL: https://api.cloudflare.com/client/v4/accounts/ACCOUNT/ai/v1."
      : "A provider of this kind needs a base URL.";
  return fail("unsupported", hint);
}

/** What is spoken at a provider's address. Google also has an OpenAI-compatible one, which ends in `/openai`. */
export function wireOf({ kind, baseUrl }: Place): Wire {
  if (kind === "anthropic") return "messages";
  return kind === "google" && !/\/openai\/*$/.test(baseUrl ?? "") ? "google" : "chat";
}

/** Headers that carry the key. */
export function keyHeaders(provider: Place, key: string | null): Record<string, string> {
  if (!key) return {};
  switch (wireOf(provider)) {
    case "messages":
      return { "x-api-key": key, "anthropic-version": "2023-06-01" };
    case "google":
      return { "x-goog-api-key": key };
    default:
      return { authorization: `Bearer ${key}` };
  }
}

/** Where a provider lists its models, all on one page. */
export function modelsAddress(provider: Place, base: string): string {
  const wire = wireOf(provider);
  if (wire === "messages") return `${base}/models?limit=1000`;
  if (wire === "google") return `${base}/models?pageSize=1000`;
  if (provider.kind !== "workers_ai") return `${base}/models`;
  return `${base.replace(/\/v1$/, "")}/models/search?task=Text%20Generation&per_page=1000`;
}
