import assert from "node:assert/strict";
import { test } from "node:test";
import { makeSlug, slugProblem } from "../src/slug.js";

test("slugs have the length asked for and pass the check", () => {
  for (const length of [1, 6, 40]) {
    const slug = makeSlug(length);
    assert.equal(slug.length, length);
    assert.equal(slugProblem(slug), null);
  }
});

test("a slug has at most 40 characters", () => {
  assert.equal(slugProblem("x".repeat(41)), "the slug is longer than 40 characters");
});
