import { fail, ok, type Result } from "#contract/problem";
import type { ProviderKind } from "#contract/provider";

/** Where each kind speaks the OpenAI dialect; null where the address depends on the customer's account. */
const DEFAULT_BASE_URLS = {
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com/v1",
  google: "https://generativelanguage.googleapis.com/v1beta/openai",
  openrouter: "https://openrouter.ai/api/v1",
  workers_ai: null,
  openai_compatible: null,
} as const satisfies Record<ProviderKind, string | null>;

/** The base of a provider's OpenAI-compatible API, without a slash at its end. `unsupported` where one must be given. */
export function endpointOf(provider: { kind: ProviderKind; baseUrl: string | null }): Result<string> {
  const base = provider.baseUrl ?? DEFAULT_BASE_URLS[provider.kind];
  if (base) return ok(base.replace(/\/+$/, ""));
  const hint =
    provider.kind === "workers_ai"
      ? "Workers AI needs a base URL: https://api.cloudflare.com/client/v4/accounts/ACCOUNT/ai/v1."
      : "A provider of this kind needs a base URL.";
  return fail("unsupported", hint);
}

/** Headers that carry the key. Anthropic's model list takes its own header; its chat endpoint takes either. */
export function keyHeaders(kind: ProviderKind, key: string | null): Record<string, string> {
  if (!key) return {};
  const bearer = { authorization: `Bearer ${key}` };
  return kind === "anthropic" ? { ...bearer, "x-api-key": key, "anthropic-version": "2023-06-01" } : bearer;
}
