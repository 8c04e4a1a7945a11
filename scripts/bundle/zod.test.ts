import { expect, it } from "vitest";
import * as zod from "zod";
import * as lean from "./zod.ts";

it("has everything zod has but the translations, and the second way to its core", () => {
  const left = ["locales", "core"];
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
