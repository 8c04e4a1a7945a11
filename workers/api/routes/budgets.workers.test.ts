import { describe, expect, it } from "vitest";
import type { Budgets, ConversationBudget } from "#contract/budget";
import type { ConversationHead } from "#contract/conversation";
import type { Problem } from "#contract/problem";
import { monthOf, reserveMoney, settleMoney } from "#data/budgets";
import { forTenant } from "#data/tenant-db";
import { newId } from "#platform/new-id";
import { makeWorld, testEnv } from "../../shared/testing/world.ts";

describe("budgets over the api", () => {
  it("are none until an administrator sets them, and say what the month has used", async () => {
    const world = await makeWorld();
    const none = await world.json<Budgets>("GET", "/api/budgets");
    expect(none.body).toEqual({
      month: monthOf(Date.now()),
      monthMicroUsd: null,
      spentMicroUsd: 0,
      reservedMicroUsd: 0,
      conversationMicroUsd: null,
      unpricedModels: [],
      rev: 0,
    });
    const set = await world.json<Budgets>("PATCH", "/api/budgets", { monthMicroUsd: 5_000_000 });
    expect(set.body).toMatchObject({ monthMicroUsd: 5_000_000, conversationMicroUsd: null, rev: 1 });
    const both = await world.json<Budgets>("PATCH", "/api/budgets", { conversationMicroUsd: 100 });
    expect(both.body).toMatchObject({ monthMicroUsd: 5_000_000, conversationMicroUsd: 100, rev: 2 });
    expect((await world.json<Budgets>("PATCH", "/api/budgets", { monthMicroUsd: null })).body.monthMicroUsd).toBeNull();
  });

  it("name the models that they cannot count", async () => {
    const world = await makeWorld();
    const price = { inputMicroUsd: 1, outputMicroUsd: 1, cachedMicroUsd: 1 };
    await world.json("POST", "/api/providers", {
      kind: "openai_compatible",
      name: "Local",
      slug: "local",
      baseUrl: "http://127.0.0.1:9/v1",
      models: [{ name: "priced", price }, { name: "free-ish" }],
    });
    const { body } = await world.json<Budgets>("GET", "/api/budgets");
    expect(body.unpricedModels).toEqual(["local/free-ish"]);
  });

  it("are not overwritten by whoever has not seen the last change", async () => {
    const world = await makeWorld();
    const etag = (await world.fetch("/api/budgets")).headers.get("etag");
    expect(etag).toBe('"0"');
    const patch = (monthMicroUsd: number) =>
      world.fetch("/api/budgets", {
        method: "PATCH",
        headers: { "content-type": "application/json", "if-match": '"0"' },
        body: JSON.stringify({ monthMicroUsd }),
      });
    expect((await patch(1)).status).toBe(200);
    const late = await patch(2);
    expect([late.status, await late.json()]).toMatchObject([412, { code: "rev_mismatch" }]);
  });

  it("refuse amounts that are none, with the field's name", async () => {
    const world = await makeWorld();
    for (const monthMicroUsd of [-1, 1.5, "5", 1e18]) {
      const refused = await world.json<Problem>("PATCH", "/api/budgets", { monthMicroUsd });
      expect([refused.status, refused.body.fields?.[0]?.field]).toEqual([400, "monthMicroUsd"]);
    }
  });

  it("of one conversation go before the org's, until they are taken away", async () => {
    const world = await makeWorld();
    const { body: head } = await world.json<ConversationHead>("POST", "/api/conversations", { executor: "noop" });
    const path = `/api/conversations/${head.id}/budget`;
    await world.json("PATCH", "/api/budgets", { conversationMicroUsd: 100 });
    const db = forTenant(testEnv, world);
    const callId = newId("request");
    const lease = { callId, conversationId: head.id, runId: newId("run"), microUsd: 60, expiresAt: Date.now() + 9_000 };
    await reserveMoney(db, lease, Date.now());
    const budget = async () => (await world.json<ConversationBudget>("GET", path)).body;
    expect(await budget()).toEqual({
      limitMicroUsd: 100,
      ownLimitMicroUsd: null,
      spentMicroUsd: 0,
      reservedMicroUsd: 60,
    });
    await settleMoney(db, { callId, microUsd: 30 }, Date.now());
    await world.json("PATCH", path, { ownLimitMicroUsd: 700 });
    expect(await budget()).toEqual({
      limitMicroUsd: 700,
      ownLimitMicroUsd: 700,
      spentMicroUsd: 30,
      reservedMicroUsd: 0,
    });
    await world.json("PATCH", path, { ownLimitMicroUsd: null });
    expect(await budget()).toMatchObject({ limitMicroUsd: 100, ownLimitMicroUsd: null });
  });
});
