import { expect, it, vi } from "vitest";
import { updateBudgets } from "#data/budgets";
import { insertProvider } from "#data/providers";
import { forTenant } from "#data/tenant-db";
import { newId } from "#platform/new-id";
import { threadStub } from "#platform/stubs";
import { testEnv } from "../../workers/shared/testing/world.ts";
import { FakeWorld, fakeOrder } from "./fake-world.ts";
import { threadWorld } from "./world.ts";

const real = threadWorld.of;

it("AT72 a run whose model call is over the budget fails as `budget`, and says which and who can raise it", async () => {
  const world = new FakeWorld();
  vi.spyOn(threadWorld, "of").mockImplementation((one) => world.of(real(one)));
  const order = fakeOrder("hello", { model: "paid/one" });
  await testEnv.DB.prepare("INSERT INTO orgs (id, slug, name, created_at) VALUES (?1, ?2, 'Org', 0)")
    .bind(order.orgId, order.orgId.slice(-12))
    .run();
  const db = forTenant(testEnv, order);
  const price = { inputMicroUsd: 1_000_000, outputMicroUsd: 1_000_000, cachedMicroUsd: 0 };
  await insertProvider(db, {
    id: newId("provider"),
    kind: "openai_compatible",
    name: "Paid",
    slug: "paid",
    baseUrl: "http://127.0.0.1:9/v1",
    models: JSON.stringify([{ name: "one", contextTokens: null, maxOutputTokens: null, price }]),
    enabled: true,
    keySealed: null,
    keyLastFour: null,
    keyUpdatedAt: null,
    rev: 1,
    createdAt: 0,
  });
  await updateBudgets(db, 0, { monthMicroUsd: 1 });
  await threadStub(testEnv, order.orgId, order.run.threadId).start(order);
  await vi.waitFor(() => expect(world.end).toBeDefined(), { timeout: 4_000 });
  expect(world.end).toMatchObject({
    status: "failed",
    stopReason: "budget",
    problem: { code: "limit_exceeded", detail: expect.stringContaining("An administrator can raise the budget") },
  });
  expect(world.completed("error")).toHaveLength(1);
});
