import { expect, it } from "vitest";
import type { ConversationHead } from "#contract/conversation";
import type { ConversationUsage } from "#contract/usage";
import { newId } from "#platform/new-id";
import { conversationStub } from "#platform/stubs";
import { makeWorld, testEnv } from "../shared/testing/world.ts";

it("CV27 usage is told in all and per model, each call once", async () => {
  const world = await makeWorld();
  const { body: head } = await world.json<ConversationHead>("POST", "/api/conversations", { executor: "noop" });
  const path = `/api/conversations/${head.id}/usage`;
  const none = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costMicroUsd: 0 };
  expect(await world.json("GET", path)).toEqual({ status: 200, body: { calls: 0, usage: none, models: [] } });
  const stub = conversationStub(testEnv, world.orgId, head.id);
  const used = (n: number) => ({ inputTokens: n, outputTokens: 2 * n, cachedTokens: 1, costMicroUsd: 3 * n });
  const calls = [
    { callId: newId("request"), runId: null, model: "b/two", usage: used(1) },
    { callId: newId("request"), runId: null, model: "a/one", usage: used(10) },
    { callId: newId("request"), runId: null, model: "b/two", usage: used(100) },
  ];
  for (const call of [...calls, ...calls])
    expect(await stub.recordUsage(world.principal, call)).toMatchObject({ ok: true });
  const { body } = await world.json<ConversationUsage>("GET", path);
  expect(body).toEqual({
    calls: 3,
    usage: { inputTokens: 111, outputTokens: 222, cachedTokens: 3, costMicroUsd: 333 },
    models: [
      { model: "a/one", calls: 1, usage: used(10) },
      { model: "b/two", calls: 2, usage: { inputTokens: 101, outputTokens: 202, cachedTokens: 2, costMicroUsd: 303 } },
    ],
  });
  const { body: snapshot } = await world.json<{ head: ConversationHead }>("GET", `/api/conversations/${head.id}`);
  expect(snapshot.head.usage).toEqual(body.usage);
});
