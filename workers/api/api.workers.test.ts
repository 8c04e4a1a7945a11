import { describe, expect, it } from "vitest";
import type { ConversationHead } from "#contract/conversation";
import { makeWorld } from "../shared/testing/world.ts";
import { routes } from "./app.ts";

describe("the tenant API", () => {
  it("starts a conversation, posts a message and reads it back", async () => {
    const world = await makeWorld();
    const created = await world.json<ConversationHead>("POST", "/api/conversations", {
      kind: "coding",
      repositoryId: world.repositoryId,
      executor: "noop",
    });
    expect(created.status).toBe(201);
    const id = created.body.id;
    const posted = await world.json("POST", `/api/conversations/${id}/messages`, { clientId: "a", content: "hello" });
    expect(posted).toMatchObject({ status: 201 });
    const again = await world.json("POST", `/api/conversations/${id}/messages`, { clientId: "a", content: "hello" });
    expect(again.body).toEqual(posted.body);
    const events = await world.json<{ events: { event: { type: string } }[] }>(
      "GET",
      `/api/conversations/${id}/events`,
    );
    expect(events.body.events.map((one) => one.event.type).slice(0, 3)).toEqual([
      "conversation.created",
      "message.posted",
      "run.started",
    ]);
    const list = await world.json<{ items: unknown[] }>("GET", "/api/conversations");
    expect(list.body.items).toHaveLength(1);
    const stream = await world.fetch(`/api/conversations/${id}/events/stream`);
    const reader = stream.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    expect(first).toContain("retry: 1000");
    await reader?.cancel();
  });

  it("describes every route it has", async () => {
    const world = await makeWorld();
    const { status, body } = await world.json<{ paths: Record<string, object> }>("GET", "/openapi.json");
    expect(status).toBe(200);
    const described = Object.entries(body.paths).flatMap(([path, one]) =>
      Object.keys(one).map((verb) => `${verb} ${path}`),
    );
    const mounted = routes.map((one) => `${one.method} /api${one.path.replace(/:(\w+)/g, "{$1}")}`);
    expect(described.sort()).toEqual([...new Set(mounted)].sort());
  });

  it("chooses the engine and OpenCode's agent for a conversation, and changes them later", async () => {
    const world = await makeWorld();
    const asked = { executor: "opencode", agentMode: "plan" };
    const created = await world.json<ConversationHead>("POST", "/api/conversations", asked);
    expect(created.body.settings).toMatchObject(asked);
    const changed = await world.json<ConversationHead>("PATCH", `/api/conversations/${created.body.id}`, {
      agentMode: "build",
    });
    expect(changed.body.settings).toMatchObject({ executor: "opencode", agentMode: "build" });
    const plain = await world.json<ConversationHead>("POST", "/api/conversations", {});
    expect(plain.body.settings).not.toHaveProperty("agentMode");
    const wrong = await world.json("POST", "/api/conversations", { agentMode: "dream" });
    expect(wrong).toMatchObject({ status: 400, body: { code: "invalid", fields: [{ field: "agentMode" }] } });
  });
});
