import { expect, it } from "vitest";
import { costOf } from "./format.ts";
import { budgetsOf, dollarsOf, microUsdOf } from "./money-form.ts";
import { createOf, factName } from "./provider-form.ts";

const formOf = (fields: Record<string, string>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
};

it("reads amounts of dollars, and tells none from nonsense", () => {
  expect(["25", "$0.50", ".000001", " 3. ", ""].map(microUsdOf)).toEqual([25_000_000, 500_000, 1, 3_000_000, null]);
  expect(["-1", "1e9", "ten", "1.0000001", "1,5"].map(microUsdOf)).toEqual(Array(5).fill(undefined));
  expect([dollarsOf(250_000), dollarsOf(null), dollarsOf(0)]).toEqual(["0.25", "", "0"]);
});

it("reads budgets: an empty field is no limit, and what is no amount is named", () => {
  expect(budgetsOf(formOf({ monthMicroUsd: "10", conversationMicroUsd: "" }))).toEqual({
    patch: { monthMicroUsd: 10_000_000, conversationMicroUsd: null },
    errors: [],
  });
  expect(budgetsOf(formOf({ monthMicroUsd: "lots" })).errors).toMatchObject([{ field: "monthMicroUsd" }]);
});

it("reads sizes and prices of models; empty fields leave them to the price list, half a price is refused by the api", () => {
  const models = (fields: Record<string, string>) =>
    createOf(formOf({ kind: "openai", models: "a\nb\na", ...fields })).models;
  expect(models({})).toEqual(
    ["a", "b"].map((name) => ({ name, contextTokens: null, maxOutputTokens: null, price: null })),
  );
  const said = {
    [factName("context", "a")]: "128,000",
    [factName("input", "a")]: "0.25",
    [factName("output", "a")]: "2",
  };
  expect(models(said)[0]).toEqual({
    name: "a",
    contextTokens: 128_000,
    maxOutputTokens: null,
    price: { inputMicroUsd: 250_000, outputMicroUsd: 2_000_000, cachedMicroUsd: 250_000 },
  });
  const half = models({ [factName("context", "a")]: "", [factName("input", "a")]: "1" })[0]?.price;
  expect(half?.outputMicroUsd).toBeNaN();
});

it("never shows an unknown price as nothing", () => {
  const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, costMicroUsd: 0 };
  expect(costOf(usage)).toBe("$0");
  expect(costOf({ ...usage, unpricedTokens: 2 })).toBe("cost unknown");
  expect(costOf({ ...usage, unpricedTokens: 2, costMicroUsd: 250_000 })).toBe("$0.25 + unknown");
});
