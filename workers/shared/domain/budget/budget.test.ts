import { describe, expect, it } from "vitest";
import { overBudget } from "./refusal.ts";
import { ASSUMED_OUTPUT_TOKENS, estimateTokens, VENDOR_TOKENS, worstCase } from "./worst-case.ts";

const price = { inputMicroUsd: 1_000_000, outputMicroUsd: 2_000_000, cachedMicroUsd: 100_000 };
const model = { price, contextTokens: null, maxOutputTokens: null };
const NONE = { monthLimit: null, monthSpent: 0, monthReserved: 0, ownLimit: null, ownSpent: 0, ownReserved: 0 };

describe("the most a call may cost", () => {
  it("is its whole input and the longest answer that the request, the model or the window leaves room for", () => {
    const input = VENDOR_TOKENS + estimateTokens({});
    expect(worstCase(model, { max_tokens: 10 })).toBe(VENDOR_TOKENS + estimateTokens({ max_tokens: 10 }) + 20);
    expect(worstCase(model, { max_output_tokens: 7 })).toBeLessThan(worstCase(model, { max_output_tokens: 99 }));
    expect(worstCase({ ...model, maxOutputTokens: 100 }, {})).toBe(input + 200);
    expect(worstCase(model, {})).toBe(input + 2 * ASSUMED_OUTPUT_TOKENS);
    expect(worstCase({ ...model, contextTokens: input + 7 }, {})).toBe(input + 14);
  });

  it("counts every answer that is asked for", () => {
    const one = { max_tokens: 100 };
    expect(worstCase(model, { ...one, n: 3 }) - worstCase(model, one)).toBeGreaterThanOrEqual(400);
  });

  it("is not below what tokenizers make of prose, code and other scripts", () => {
    expect(estimateTokens("the quick brown fox jumps over the lazy dog")).toBeGreaterThanOrEqual(10);
    expect(estimateTokens("構造化された出力")).toBeGreaterThanOrEqual(8);
  });

  it("counts an image as an image, however many bytes it has", () => {
    const url = `data:image/png;base64,${"A".repeat(900_000)}`;
    expect(estimateTokens({ type: "image_url", image_url: { url } })).toBeLessThan(6_000);
    expect(estimateTokens({ source: { type: "base64", data: "A".repeat(900_000) } })).toBeLessThan(6_000);
  });
});

describe("the words of a refusal", () => {
  it("name the budget that is short, what is left, what the call may cost and who can raise it", () => {
    const used = { ...NONE, monthLimit: 10_000_000, monthSpent: 9_000_000, monthReserved: 500_000 };
    expect(overBudget(used, 600_000)).toEqual({
      code: "limit_exceeded",
      detail:
        "This month's budget of $10.00 has $0.50 left, $0.50 is held back for calls under way, and this model call may cost " +
        "up to $0.60. Nothing was sent. An administrator can raise the budget in Settings → Models; then retry.",
      limit: "budget of the month",
    });
    const own = { ...used, ownLimit: 1_000, ownSpent: 2_000 };
    expect(overBudget(own, 10)).toMatchObject({
      limit: "budget of the conversation",
      detail: expect.stringContaining("budget of $0.0010 has $0.00 left"),
    });
  });
});
