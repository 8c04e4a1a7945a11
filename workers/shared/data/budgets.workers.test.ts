import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { newId } from "#platform/new-id";
import { makeWorld, testEnv } from "../testing/world.ts";
import { monthOf, reserveMoney, setConversationLimit, settleMoney, updateBudgets, usedMoney } from "./budgets.ts";
import { forTenant, type TenantDb } from "./tenant-db.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const conversationId = newId("conversation");

async function database(limits: { monthMicroUsd?: number; conversationMicroUsd?: number } = {}): Promise<TenantDb> {
  const db = forTenant(testEnv, await makeWorld());
  await updateBudgets(db, 0, limits);
  return db;
}

/** Small numbers that are the same in every run of a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const sqlOf = (orgId: string) =>
  sql`SELECT * FROM budget_leases WHERE org_id = ${orgId} AND expires_at < ${NOW + 3_600_000}`;

function lease(microUsd: number, change: { callId?: string; conversationId?: string; expiresAt?: number } = {}) {
  return {
    callId: newId("request"),
    conversationId,
    runId: newId("run"),
    microUsd,
    expiresAt: NOW + 1_000,
    ...change,
  };
}

describe("budgets", () => {
  it.each([1, 2, 3, 4, 5])(
    "calls at once never spend more than the budget, and nothing leaks (seed %i)",
    async (seed) => {
      const next = random(seed);
      const limit = 1_000;
      const db = await database({ monthMicroUsd: limit, conversationMicroUsd: 600 });
      const conversations = [newId("conversation"), newId("conversation"), newId("conversation")];
      const spent = new Map<string, number>();
      let now = NOW;
      for (let round = 0; round < 6; round++) {
        const calls = Array.from({ length: 8 }, () => {
          const microUsd = 1 + Math.floor(next() * 300);
          const at = conversations[Math.floor(next() * conversations.length)] ?? "";
          return {
            ...lease(microUsd, { conversationId: at, expiresAt: now + 500 }),
            real: Math.floor(next() * microUsd),
          };
        });
        const taken = await Promise.all(calls.map((call) => reserveMoney(db, call, now)));
        const ends = calls.filter((_, index) => taken[index]).map((call) => ({ call, crashes: next() < 0.25 }));
        await Promise.all(
          ends
            .filter((one) => !one.crashes)
            .flatMap(({ call }) => {
              spent.set(call.conversationId, (spent.get(call.conversationId) ?? 0) + call.real);
              const settled = { callId: call.callId, microUsd: call.real };
              return [settleMoney(db, settled, now), settleMoney(db, settled, now)];
            }),
        );
        for (const id of conversations) {
          const used = await usedMoney(db, { conversationId: id, now });
          expect(used.ownSpent).toBe(spent.get(id) ?? 0);
          expect(used.ownSpent + used.ownReserved).toBeLessThanOrEqual(600);
          expect(used.monthSpent + used.monthReserved).toBeLessThanOrEqual(limit);
        }
        now += 1_000;
      }
      const used = await usedMoney(db, { conversationId, now });
      expect(used.monthSpent).toBe([...spent.values()].reduce((sum, one) => sum + one, 0));
      expect(used.monthReserved).toBe(0);
      expect(
        await reserveMoney(db, lease(limit - used.monthSpent, { conversationId: "x", expiresAt: now + 1 }), now),
      ).toBe(limit - used.monthSpent <= 600);
    },
  );

  it("a budget is spent to its last micro-USD and not beyond", async () => {
    const db = await database({ monthMicroUsd: 100 });
    const taken = await Promise.all(Array.from({ length: 30 }, () => reserveMoney(db, lease(10), NOW)));
    expect(taken.filter(Boolean)).toHaveLength(10);
    expect(await reserveMoney(db, lease(1), NOW)).toBe(false);
  });

  it("the money of a call that died comes back when its lease expires, and a late end still counts once", async () => {
    const db = await database({ monthMicroUsd: 100 });
    const dead = lease(100);
    expect(await reserveMoney(db, dead, NOW)).toBe(true);
    expect(await reserveMoney(db, lease(1), NOW + 999)).toBe(false);
    expect(await reserveMoney(db, lease(50, { expiresAt: NOW + 9_000 }), NOW + 1_000)).toBe(true);
    await settleMoney(db, { callId: dead.callId, microUsd: 40 }, NOW + 2_000);
    await settleMoney(db, { callId: dead.callId, microUsd: 40 }, NOW + 2_000);
    expect(await usedMoney(db, { conversationId, now: NOW + 2_000 })).toMatchObject({
      monthSpent: 40,
      monthReserved: 50,
    });
  });

  it("settling a call that holds nothing changes nothing, and leases nobody settled are cleared away after a day", async () => {
    const db = await database({ monthMicroUsd: 100 });
    await settleMoney(db, { callId: newId("request"), microUsd: 70 }, NOW);
    await reserveMoney(db, lease(10), NOW);
    const later = NOW + 26 * 60 * 60_000;
    const last = lease(10, { expiresAt: later + 1_000 });
    await reserveMoney(db, last, later);
    await settleMoney(db, { callId: last.callId, microUsd: 5 }, later);
    expect(await db.query((orgId) => sqlOf(orgId))).toEqual([]);
    expect((await usedMoney(db, { conversationId, now: later })).monthSpent).toBe(5);
  });

  it("a conversation's own limit goes before the org's, and each month begins anew", async () => {
    const db = await database({ monthMicroUsd: 100, conversationMicroUsd: 10 });
    expect(await reserveMoney(db, lease(11), NOW)).toBe(false);
    await setConversationLimit(db, conversationId, 90);
    const first = lease(80);
    expect(await reserveMoney(db, first, NOW)).toBe(true);
    await settleMoney(db, { callId: first.callId, microUsd: 80 }, NOW);
    await setConversationLimit(db, conversationId, 1_000);
    expect(await reserveMoney(db, lease(21), NOW)).toBe(false);
    const december = Date.parse("2026-12-01T00:00:00Z");
    expect(await reserveMoney(db, lease(100, { expiresAt: december + 1 }), december)).toBe(true);
    await setConversationLimit(db, conversationId, null);
    expect((await usedMoney(db, { conversationId, now: NOW })).ownLimit).toBe(10);
    expect(monthOf(december)).toBe("2026-12");
  });

  it("another org's calls do not count", async () => {
    const [mine, theirs] = [await database({ monthMicroUsd: 100 }), await database()];
    await reserveMoney(theirs, lease(1_000_000), NOW);
    expect(await reserveMoney(mine, lease(100), NOW)).toBe(true);
  });
});
