import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Links } from "../src/links.js";
import { createLinkServer } from "../src/server.js";
import { MemoryStore } from "../src/store.js";

const server = createLinkServer(new Links(new MemoryStore()));
let base = "";

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${server.address().port}`;
});

after(() => server.close());

test("a link is made, followed and listed", async () => {
  const made = await fetch(`${base}/links`, {
    method: "POST",
    body: JSON.stringify({ url: "https://example.com/docs", slug: "docs" }),
  });
  assert.equal(made.status, 201);
  const followed = await fetch(`${base}/docs`, { redirect: "manual" });
  assert.equal(followed.status, 302);
  assert.equal(followed.headers.get("location"), "https://example.com/docs");
  const [link] = await (await fetch(`${base}/links`)).json();
  assert.equal(link.visits, 1);
});

test("mistakes get a message", async () => {
  const unknown = await fetch(`${base}/nothing-here`);
  assert.equal(unknown.status, 404);
  assert.deepEqual(await unknown.json(), { error: 'there is no link "nothing-here"' });
  const broken = await fetch(`${base}/links`, { method: "POST", body: "{" });
  assert.equal(broken.status, 400);
});
