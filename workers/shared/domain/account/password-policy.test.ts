import { describe, expect, test } from "vitest";
import { weaknessOf } from "./password-policy.ts";

const owner = { email: "ada.lovelace@example.com", name: "Ada Lovelace" };

describe("passwords", () => {
  test.each([
    ["Password-1234", "is one of the most common passwords"],
    ["Correct Horse Battery Staple", "is one of the most common passwords"],
    ["aaaaaaaaaaaaaa", "has too few different characters"],
    ["1212121212121212", "has too few different characters"],
    ["abcdefghijklmn", "is a run of characters"],
    ["9876543210987", "is a run of characters"],
    ["ada.lovelace@example.com", "is made of your name or address"],
    ["Ada Lovelace 1!", "is made of your name or address"],
  ])("%s %s", (password, why) => expect(weaknessOf(password, owner)).toBe(why));

  test.each(["herring tide 7 quay", "ada.lovelace has a boat", "Łódź-gęś-żółw", "q9#Lm2!vXz7&"])(
    "%s is taken",
    (password) => expect(weaknessOf(password, owner)).toBeNull(),
  );
});
