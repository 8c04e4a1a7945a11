import assert from "node:assert/strict";
import { test } from "node:test";
import { Links } from "../src/links.js";
import { MemoryStore } from "../src/store.js";

const URL_A = "https://example.com/a/long/address";
const makeLinks = () => new Links(new MemoryStore(), () => new Date("2026-01-02T03:04:05Z"));

test("a link gets a slug of six characters", () => {
  const link = makeLinks().add({ url: URL_A });
  assert.match(link.slug, /^[A-Za-z0-9]{6}$/);
  assert.deepEqual({ ...link, slug: "" }, { slug: "", url: URL_A, visits: 0, createdAt: "2026-01-02T03:04:05.000Z" });
});

test("the same address gets the same link", () => {
  const links = makeLinks();
  assert.equal(links.add({ url: URL_A }).slug, links.add({ url: URL_A }).slug);
});

test("a slug can be chosen once", () => {
  const links = makeLinks();
  assert.equal(links.add({ url: URL_A, slug: "docs" }).slug, "docs");
  assert.throws(() => links.add({ url: "https://example.com/b", slug: "docs" }), {
    status: 409,
    message: '"docs" is taken',
  });
});

test("bad addresses and slugs are refused", () => {
  const links = makeLinks();
  assert.throws(() => links.add({ url: "no address" }), { status: 400, message: "this is not an address" });
  assert.throws(() => links.add({ url: "javascript:alert(1)" }), { status: 400 });
  assert.throws(() => links.add({ url: URL_A, slug: "a/b" }), { status: 400 });
  assert.throws(() => links.add({ url: URL_A, slug: "links" }), { status: 400, message: '"links" is reserved' });
});

test("visits are counted, and the list begins with the most visited link", () => {
  const links = makeLinks();
  links.add({ url: URL_A, slug: "a" });
  links.add({ url: "https://example.com/b", slug: "b" });
  assert.equal(links.visit("b"), "https://example.com/b");
  assert.deepEqual(
    links.list().map((link) => [link.slug, link.visits]),
    [
      ["b", 1],
      ["a", 0],
    ],
  );
});

test("a removed link is gone", () => {
  const links = makeLinks();
  links.add({ url: URL_A, slug: "a" });
  links.remove("a");
  assert.throws(() => links.visit("a"), { status: 404 });
});
