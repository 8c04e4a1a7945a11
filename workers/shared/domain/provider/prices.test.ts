import { expect, it } from "vitest";
import { knownModel, withKnown } from "./prices.ts";

const open = { name: "claude-haiku-4-5", contextTokens: null, maxOutputTokens: null, price: null };

it("knows a vendor's models in micro-USD per million tokens", () => {
  expect(knownModel("anthropic", "claude-opus-5-5")).toEqual({
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    price: { inputMicroUsd: 4_000_000, outputMicroUsd: 20_000_000, cachedMicroUsd: 200_000 },
  });
  expect(knownModel("openai", "gpt-5-nano")?.price.cachedMicroUsd).toBe(5_000);
});

it("knows nothing of other names and other kinds: unknown stays unknown", () => {
  expect(knownModel("anthropic", "constructor")).toBeNull();
  expect(withKnown("openai_compatible", open)).toEqual(open);
  expect(withKnown("openai", { ...open, name: "gpt-99" }).price).toBeNull();
});

it("fills what is left open, and a price of the provider's own goes before it", () => {
  expect(withKnown("anthropic", open)).toMatchObject({ contextTokens: 200_000, price: { inputMicroUsd: 1_000_000 } });
  const own = { inputMicroUsd: 1, outputMicroUsd: 2, cachedMicroUsd: 3 };
  expect(withKnown("anthropic", { ...open, price: own }).price).toEqual(own);
});
