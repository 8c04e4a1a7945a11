import { expect, it } from "vitest";
import * as zod from "zod";
import * as lean from "./zod.ts";

it("has everything zod has but the translations, the second way to its core, and what nothing here calls", () => {
  const left = ["locales", "core", "compile", "withParser", "fromJSONSchema"];
  expect(Object.keys(lean).sort()).toEqual(
    Object.keys(zod)
      .filter((name) => !left.includes(name))
      .sort(),
  );
  expect(Object.keys(lean.z).sort()).toEqual(
    Object.keys(zod.z)
      .filter((name) => !left.includes(name))
      .sort(),
  );
});
