import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { LIMITS } from "#contract/limits";
import { newId } from "#platform/new-id";
import { makeWorld, type World } from "../shared/testing/world.ts";

interface Problem {
  code: string;
  detail: string;
  status: number;
  fields?: { field: string }[];
  limit?: string;
}

const JSON_TYPE = { "content-type": "application/json" };

async function conversationIn(world: World): Promise<string> {
  return (await world.json<{ id: string }>("POST", "/api/conversations", { executor: "noop" })).body.id;
}

async function problemOf(response: Response | Promise<Response>): Promise<Problem> {
  const answer = await response;
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  return answer.json();
}

describe("bad input", () => {
  it("names the field that is wrong, also an unknown one", async () => {
    const world = await makeWorld();
    const id = await conversationIn(world);
    const post = (body: unknown) => world.json<Problem>("POST", `/api/conversations/${id}/messages`, body);
    expect((await post({ clientId: "a" })).body).toMatchObject({ code: "invalid", fields: [{ field: "content" }] });
    expect((await post({ clientId: "a", content: "   " })).body).toMatchObject({ fields: [{ field: "content" }] });
    expect((await post({ clientId: "a", content: "x", evil: 1 })).body.code).toBe("invalid");
    expect((await post({ clientId: "a", content: "x", mode: "shout" })).body).toMatchObject({
      fields: [{ field: "mode" }],
    });
    expect((await post({ clientId: "a", content: "x", attachments: [newId("file")] })).body).toMatchObject({
      code: "not_found",
      fields: [{ field: "attachments" }],
    });
    const events = await world.json<{ events: unknown[] }>("GET", `/api/conversations/${id}/events`);
    expect(events.body.events).toHaveLength(1);
  });

  it("refuses a model the org does not have, when a conversation is made and when it is changed", async () => {
    const world = await makeWorld();
    const id = await conversationIn(world);
    for (const [method, path] of [
      ["POST", "/api/conversations"],
      ["PATCH", `/api/conversations/${id}`],
    ] as const) {
      const answer = await world.json<Problem>(method, path, { model: "nobody/nothing" });
      expect(answer.body).toMatchObject({ code: "invalid", fields: [{ field: "model" }] });
    }
  });

  it("refuses malformed JSON, other content types and deep nesting", async () => {
    const world = await makeWorld();
    const post = (body: string, headers: Record<string, string> = JSON_TYPE) =>
      problemOf(world.fetch("/api/conversations", { method: "POST", body, headers }));
    expect(await post('{"kind": ')).toMatchObject({
      status: 400,
      code: "invalid",
      detail: expect.stringContaining("JSON"),
    });
    expect(await post("kind=coding", { "content-type": "application/x-www-form-urlencoded" })).toMatchObject({
      code: "unsupported",
    });
    expect(await post("{}", { "content-type": "text/plain" })).toMatchObject({ status: 415 });
    expect(await post(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`)).toMatchObject({
      code: "invalid",
      detail: expect.stringContaining("nested"),
    });
    expect((await world.json<{ items: unknown[] }>("GET", "/api/conversations")).body.items).toEqual([]);
  });

  it("refuses what is too large, and says which limit it met", async () => {
    const world = await makeWorld();
    const id = await conversationIn(world);
    const body = JSON.stringify({ clientId: "a", content: "x".repeat(LIMITS.requestBytes) });
    const whole = await problemOf(
      world.fetch(`/api/conversations/${id}/messages`, { method: "POST", body, headers: JSON_TYPE }),
    );
    expect(whole).toMatchObject({ status: 413, code: "too_large" });
    const message = await world.json<Problem>("POST", `/api/conversations/${id}/messages`, {
      clientId: "a",
      content: "x".repeat(LIMITS.messageBytes + 1),
    });
    expect(message.body).toMatchObject({ code: "too_large", limit: "message 64 KiB", fields: [{ field: "content" }] });
    const name = await world.json<Problem>("PATCH", `/api/conversations/${id}`, { title: "x".repeat(201) });
    expect(name.body).toMatchObject({ code: "invalid", fields: [{ field: "title" }] });
  });

  it("answers unknown ids and unknown routes with not_found", async () => {
    const world = await makeWorld();
    const id = await conversationIn(world);
    for (const path of [
      `/api/conversations/${newId("conversation")}`,
      "/api/conversations/nonsense",
      `/api/conversations/${id}/runs/${newId("run")}`,
      `/api/repositories/${newId("repository")}`,
      `/api/files/${newId("file")}`,
      "/api/nothing",
    ]) {
      expect({ path, ...(await problemOf(world.fetch(path))) }).toMatchObject({ path, status: 404, code: "not_found" });
    }
    const create = await world.json<Problem>("POST", "/api/conversations", { repositoryId: newId("repository") });
    expect(create.body).toMatchObject({ code: "not_found", fields: [{ field: "repositoryId" }] });
  });

  it("refuses clone URLs that are none, hold a password, or use another scheme", async () => {
    const world = await makeWorld();
    for (const cloneUrl of [
      "nonsense",
      "ftp://x.example/y.git",
      "https://a:b@x.example/y.git",
      "https://x.example",
      "ext::sh -c id",
    ]) {
      const answer = await world.json<Problem>("POST", "/api/repositories", { cloneUrl });
      expect({ cloneUrl, ...answer.body }).toMatchObject({
        cloneUrl,
        code: "invalid",
        fields: [{ field: "cloneUrl" }],
      });
    }
  });

  it("answers a repeated Idempotency-Key with the first answer, and another body with conflict", async () => {
    const world = await makeWorld();
    const create = (title: string) =>
      world.fetch("/api/conversations", {
        method: "POST",
        headers: { ...JSON_TYPE, "idempotency-key": "k1" },
        body: JSON.stringify({ title }),
      });
    const first = await (await create("one")).json<{ id: string }>();
    const again = await create("one");
    expect(again.headers.get("idempotent-replay")).toBe("true");
    expect(await again.json()).toEqual(first);
    expect(await problemOf(create("two"))).toMatchObject({ code: "conflict" });
  });
});

describe("a page of another site", () => {
  it("cannot write, open a socket or read, and a rebound host name is unknown", async () => {
    const world = await makeWorld();
    const id = await conversationIn(world);
    const evil = { origin: "https://evil.example" };
    const write = world.fetch("/api/conversations", { method: "POST", headers: { ...JSON_TYPE, ...evil }, body: "{}" });
    expect(await problemOf(write)).toMatchObject({ status: 403, code: "forbidden" });
    const socket = world.fetch(`/api/conversations/${id}/socket`, { headers: { upgrade: "websocket", ...evil } });
    expect(await problemOf(socket)).toMatchObject({ code: "forbidden" });
    for (const site of ["cross-site", "same-site"]) {
      expect(await problemOf(world.fetch("/api/me", { headers: { "sec-fetch-site": site } }))).toMatchObject({
        code: "forbidden",
      });
    }
    const sibling = world.fetch("/api/conversations", {
      method: "DELETE",
      headers: { origin: "http://other.localhost:8787" },
    });
    expect(await problemOf(sibling)).toMatchObject({ code: "forbidden" });
    const worker = (exports as unknown as { default: Fetcher }).default;
    for (const host of [
      "evil.example",
      "localhost:9999",
      "demo.localhost.evil.example:8787",
      "a.b.localhost:8787",
      "admin.localhost:8787",
    ]) {
      const response = await worker.fetch(`http://${host}/api/me`);
      expect({ host, status: response.status }).toEqual({ host, status: 404 });
      await response.text();
    }
    expect((await world.json<{ items: unknown[] }>("GET", "/api/conversations")).body.items).toHaveLength(1);
  });
});
