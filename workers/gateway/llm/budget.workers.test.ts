import { createExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { setConversationLimit, updateBudgets, usedMoney } from "#data/budgets";
import { insertProvider } from "#data/providers";
import { forTenant, TenantDb } from "#data/tenant-db";
import { newId } from "#platform/new-id";
import type { RunPrincipal } from "#platform/principal";
import type { UsageCall } from "#platform/rpc";
import { signRunToken } from "#platform/tokens";
import { makeWorld, testEnv } from "../../shared/testing/world.ts";
import { llmApp } from "./app.ts";
import { gatewayWorld } from "./deps.ts";

const realOf = gatewayWorld.of;
/** One micro-USD a token in, two out: a call of at most 50 tokens out costs 100 and its input. */
const price = { inputMicroUsd: 1_000_000, outputMicroUsd: 2_000_000, cachedMicroUsd: 0 };
const model = (name: string, change: object) => ({
  name,
  contextTokens: null,
  maxOutputTokens: null,
  price,
  ...change,
});

let principal: RunPrincipal;
let db: TenantDb;
let recorded: UsageCall[];
let sent: number;
let answer: () => Response | Promise<Response>;

const completion = (input: number, output: number) => () =>
  Response.json({
    choices: [{ index: 0, message: { role: "assistant", content: "ok" } }],
    usage: { prompt_tokens: input, completion_tokens: output },
  });

beforeEach(async () => {
  const world = await makeWorld();
  principal = { kind: "run", orgId: world.orgId, conversationId: newId("conversation"), runId: newId("run") };
  db = forTenant(testEnv, principal);
  [recorded, sent, answer] = [[], 0, completion(40, 20)];
  vi.restoreAllMocks();
  vi.spyOn(gatewayWorld, "of").mockImplementation((one) => ({
    ...realOf(one),
    fetch: async () => {
      sent += 1;
      return answer();
    },
    sleep: async () => undefined,
    recordUsage: async (_principal, call) => {
      recorded.push(call);
      return { ok: true, value: null };
    },
    demoPaceMs: 0,
  }));
  await insertProvider(db, {
    id: newId("provider"),
    kind: "openai_compatible",
    name: "Fake AI",
    slug: "fake",
    baseUrl: "https://fake.example.com/v1",
    models: JSON.stringify([model("paid", {}), model("unpriced", { price: null })]),
    enabled: true,
    keySealed: null,
    keyLastFour: null,
    keyUpdatedAt: null,
    rev: 1,
    createdAt: 0,
  });
});

async function call(name = "fake/paid"): Promise<Response> {
  const request = new Request("http://llm.localhost:8787/v1/chat/completions", {
    method: "POST",
    headers: { authorization: `Bearer ${await signRunToken(testEnv, principal)}`, "content-type": "application/json" },
    body: JSON.stringify({ model: name, max_tokens: 50, messages: [{ role: "user", content: "hello" }] }),
  });
  return llmApp.fetch(request, testEnv, createExecutionContext());
}

const used = () => usedMoney(db, { conversationId: principal.conversationId, now: Date.now() });

describe("a budget at the gateway", () => {
  it("holds the worst case back while the call runs, then counts what it did cost", async () => {
    await updateBudgets(db, 0, { monthMicroUsd: 10_000 });
    let held = 0;
    answer = async () => {
      held = (await used()).monthReserved;
      return completion(40, 20)();
    };
    expect((await call()).status).toBe(200);
    expect(held).toBeGreaterThan(100);
    expect(await used()).toMatchObject({ monthSpent: 80, monthReserved: 0, ownSpent: 80, ownReserved: 0 });
    expect(recorded[0]?.usage).toEqual({ inputTokens: 40, outputTokens: 20, cachedTokens: 0, costMicroUsd: 80 });
  });

  it("refuses before anything is sent, names the limit and who can raise it, and goes on when it is raised", async () => {
    await updateBudgets(db, 0, { monthMicroUsd: 50 });
    const refused = await call();
    expect([refused.status, await refused.json()]).toMatchObject([
      422,
      {
        error: {
          code: "limit_exceeded",
          message: expect.stringMatching(
            /^This month's budget of \$0\.0001 has .* An administrator can raise the budget/,
          ),
        },
      },
    ]);
    expect([sent, recorded]).toEqual([0, []]);
    await updateBudgets(db, 1, { monthMicroUsd: 10_000 });
    expect((await call()).status).toBe(200);
    await setConversationLimit(db, principal.conversationId, 90);
    expect(await (await call()).json()).toMatchObject({
      error: { message: expect.stringContaining("This conversation's budget") },
    });
    expect(sent).toBe(1);
  });

  it("lets parallel runs spend no more than there is", async () => {
    await updateBudgets(db, 0, { monthMicroUsd: 5_000 });
    answer = completion(40, 50);
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => call()))).map((one) => one.status);
    const taken = statuses.filter((one) => one === 200).length;
    expect([sent, taken > 2, statuses.filter((one) => one === 422).length]).toEqual([taken, true, 20 - taken]);
    expect(await used()).toMatchObject({ monthSpent: taken * 140, monthReserved: 0 });
    expect(taken * 140).toBeLessThanOrEqual(5_000);
  });

  it("gives everything back where the provider fails", async () => {
    await updateBudgets(db, 0, { monthMicroUsd: 5_000 });
    answer = () => Response.json({ error: { message: "no" } }, { status: 400 });
    expect((await call()).status).toBe(400);
    expect(await used()).toMatchObject({ monthSpent: 0, monthReserved: 0 });
  });

  it("keeps the lease where the end could not be written down, and does not call where the budget cannot be read", async () => {
    await updateBudgets(db, 0, { monthMicroUsd: 5_000 });
    const transact = TenantDb.prototype.transact;
    let broken = false;
    vi.spyOn(TenantDb.prototype, "transact").mockImplementation(function (this: TenantDb, write) {
      return broken ? Promise.reject(new Error("D1 is away")) : transact.call(this, write);
    });
    answer = () => {
      broken = true;
      return completion(40, 20)();
    };
    expect((await call()).status).toBe(200);
    expect((await used()).monthReserved).toBeGreaterThan(100);
    sent = 0;
    const refused = await call();
    expect([refused.status, sent]).toEqual([503, 0]);
  });

  it("does not hold the demo model and models without a price against a budget, and says their cost is unknown", async () => {
    await updateBudgets(db, 0, { monthMicroUsd: 0 });
    expect((await call("demo/scripted")).status).toBe(200);
    expect((await call("fake/unpriced")).status).toBe(200);
    expect((await call()).status).toBe(422);
    expect(recorded.map((one) => one.usage.unpricedTokens)).toEqual([undefined, 60]);
  });
});
