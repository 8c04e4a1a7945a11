import { describe, expect, it } from "vitest";
import { endpointOf, keyHeaders, modelsAddress, wireOf } from "./endpoint.ts";

const at = (kind: Parameters<typeof wireOf>[0]["kind"], baseUrl: string | null = null) => ({ kind, baseUrl });
const ACCOUNT = "https://api.cloudflare.com/client/v4/accounts/a/ai/v1";
const OLD_GOOGLE = "https://generativelanguage.googleapis.com/v1beta/openai/";

describe("providers", () => {
  it.each([
    [at("openai"), "chat", "https://api.openai.com/v1/models", { authorization: "Bearer k" }],
    [at("openrouter"), "chat", "https://openrouter.ai/api/v1/models", { authorization: "Bearer k" }],
    [
      at("anthropic"),
      "messages",
      "https://api.anthropic.com/v1/models?limit=1000",
      { "x-api-key": "k", "anthropic-version": "2023-06-01" },
    ],
    [
      at("google"),
      "google",
      "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000",
      { "x-goog-api-key": "k" },
    ],
    [
      at("google", OLD_GOOGLE),
      "chat",
      "https://generativelanguage.googleapis.com/v1beta/openai/models",
      { authorization: "Bearer k" },
    ],
    [
      at("workers_ai", ACCOUNT),
      "chat",
      "https://api.cloudflare.com/client/v4/accounts/a/ai/models/search?task=Text%20Generation&per_page=1000",
      { authorization: "Bearer k" },
    ],
  ] as const)("are spoken to at their own addresses: %j", (provider, wire, ...[models, headers]) => {
    const base = endpointOf(provider);
    expect([wireOf(provider), base.ok && modelsAddress(provider, base.value)]).toEqual([wire, models]);
    expect(keyHeaders(provider, "k")).toEqual(headers);
    expect(keyHeaders(provider, null)).toEqual({});
  });

  it("need an address where it depends on the customer", () => {
    expect(endpointOf(at("workers_ai"))).toMatchObject({ ok: false, problem: { code: "unsupported" } });
    expect(endpointOf(at("openai_compatible"))).toMatchObject({ ok: false, problem: { code: "unsupported" } });
  });
});
