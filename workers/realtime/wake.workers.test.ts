import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import type { ConversationHead } from "#contract/conversation";
import { conversationStub, sandboxStub } from "#platform/stubs";
import type { Sandbox } from "../../durable-objects/index.ts";
import { makeWorld, testEnv, type World } from "../shared/testing/world.ts";

vi.setConfig({ testTimeout: 20_000 });

/** A conversation with a sandbox that nobody used, and a count of every time the machine is asked for. */
async function watched(world: World) {
  const { body: head } = await world.json<ConversationHead>("POST", "/api/conversations", {
    kind: "coding",
    executor: "noop",
  });
  const { id, sandboxId, repository } = head;
  if (sandboxId === null) throw new Error("a coding conversation has a sandbox");
  const binding = { orgId: world.orgId, conversationId: id, sandboxId, repository };
  const stub = sandboxStub(testEnv, binding);
  let asked = 0;
  await runInDurableObject(stub, (instance) => {
    const { deps } = instance as unknown as Sandbox;
    const make = deps.driver;
    deps.driver = (...of) => {
      asked += 1;
      return make(...of);
    };
  });
  const state = async () => {
    const status = await stub.status(binding);
    return status.ok ? status.value.state : status.problem.code;
  };
  return { id, stub, state, asked: () => asked };
}

/** Everything a browser tab does when it comes back, on every lane, twice. */
async function attach(world: World, id: string): Promise<void> {
  for (const since of ["", "?since=1"]) {
    const socket = await world.fetch(`/api/conversations/${id}/socket${since}`, { headers: { upgrade: "websocket" } });
    expect(socket.status).toBe(101);
    socket.webSocket?.accept();
    const stream = await world.fetch(`/api/conversations/${id}/events/stream${since}`);
    expect(stream.status).toBe(200);
    const reader = stream.body?.getReader();
    await reader?.read();
    const polled = await world.fetch(`/api/conversations/${id}/events?since=9999&waitMs=300`);
    expect(polled.status).toBeLessThan(500);
    for (const path of ["", "/messages", "/runs"]) await world.fetch(`/api/conversations/${id}${path}`);
    await reader?.cancel();
    socket.webSocket?.close(1000);
  }
  await runDurableObjectAlarm(conversationStub(testEnv, world.orgId, id));
}

describe("who merely watches", () => {
  it("SB27 starts no sandbox on any lane", async () => {
    const world = await makeWorld();
    const { id, state, asked } = await watched(world);
    await attach(world, id);
    await world.json("POST", `/api/conversations/${id}/messages`, { clientId: "a", content: "hello" });
    await attach(world, id);
    expect([await state(), asked()]).toEqual(["none", 0]);
  });

  it("SB27 wakes no sandbox that idleness stopped, and a call that needs it does", async () => {
    const world = await makeWorld();
    const { id, state, asked, stub } = await watched(world);
    await world.fetch(`/api/conversations/${id}/files/content?path=kept.txt`, { method: "PUT", body: "kept" });
    await runInDurableObject(stub, (instance) => {
      const { deps } = instance as unknown as Sandbox;
      deps.now = () => Date.now() + 60 * 60_000;
    });
    await runDurableObjectAlarm(stub);
    expect(await state()).toBe("stopped");
    const before = asked();
    await attach(world, id);
    await runDurableObjectAlarm(stub);
    expect([await state(), asked()]).toEqual(["stopped", before]);
    const head = await world.json<ConversationHead>("GET", `/api/conversations/${id}`);
    expect(JSON.stringify(head.body)).toContain('"state":"stopped"');
    const read = await world.fetch(`/api/conversations/${id}/files/content?path=kept.txt`);
    expect([await read.text(), await state()]).toEqual(["kept", "ready"]);
  });
});
