import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { chainTools } from "#platform/chain-tools";
import { answerError, frontDoor } from "#platform/front-door";
import { ProblemError, problemOf } from "#platform/problem-response";
import { type Limit, limit, limitWrites } from "#platform/rate-limit";
import type { AppEnv } from "#platform/route";
import { makeWorld, testEnv } from "../../workers/shared/testing/world.ts";
import { SlidingWindow } from "./window.ts";

const fresh = (changes: Partial<Limit> = {}): Limit => ({
  name: "test",
  key: crypto.randomUUID(),
  max: 5,
  windowS: 60,
  ...changes,
});
const stubOf = async ({ name, key }: Limit) =>
  testEnv.RATE_LIMITER.get(testEnv.RATE_LIMITER.idFromName(await chainTools.hash(JSON.stringify([name, key]))));
const tried = (one: Limit) =>
  limit(testEnv, one).then(
    () => true,
    (error) => {
      expect(problemOf(error).code).toBe("rate_limited");
      return false;
    },
  );

describe("the rate limiter", () => {
  it("RL1 RL2 lets exactly max of a hundred calls at once through", async () => {
    const one = fresh({ max: 37 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => tried(one)));
    expect(answers.filter(Boolean)).toHaveLength(37);
    expect(await tried(one)).toBe(false);
  });

  it("RL1 RL2 counts no more than max in any window, and refusals not at all", async () => {
    const id = await stubOf(fresh());
    await runInDurableObject(id, (_object, state) => {
      const window = new SlidingWindow(state.storage.sql);
      const take = (ms: number) => window.take({ max: 3, windowS: 10 }, ms);
      expect([0, 4_000, 8_000].map((ms) => take(ms).allowed)).toEqual([true, true, true]);
      expect(take(9_000)).toEqual({ allowed: false, remaining: 0, resetS: 1 });
      for (let ms = 9_001; ms < 9_900; ms += 100) expect(take(ms).allowed).toBe(false);
      expect(take(10_000).allowed).toBe(true);
      expect(take(10_001)).toEqual({ allowed: false, remaining: 0, resetS: 4 });
      expect(take(40_000)).toEqual({ allowed: true, remaining: 2, resetS: 10 });
    });
  });

  it("RL3 keeps its count through an eviction, and leaves nothing once the window is over", async () => {
    const one = fresh({ max: 2, windowS: 1 });
    const stub = await stubOf(one);
    await limit(testEnv, one);
    await evictDurableObject(stub);
    await limit(testEnv, one);
    await evictDurableObject(stub);
    expect(await tried(one)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await runDurableObjectAlarm(stub);
    const left = await runInDurableObject(stub, async (_object, state) => ({
      tables: state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'hits'").toArray(),
      alarm: await state.storage.getAlarm(),
    }));
    expect(left).toEqual({ tables: [], alarm: null });
    expect(await tried(one)).toBe(true);
  });

  it("RL4 counts each key and each limit by itself", async () => {
    const one = fresh({ max: 1 });
    expect(await tried(one)).toBe(true);
    expect(await tried(one)).toBe(false);
    expect(await tried({ ...one, key: `${one.key}x` })).toBe(true);
    expect(await tried({ ...one, name: "other" })).toBe(true);
  });

  it("RL5 says the limit and what is left of it", async () => {
    const one = fresh({ max: 2, windowS: 60 });
    const headers = await limit(testEnv, one);
    expect(headers.get("ratelimit-policy")).toBe('"test";q=2;w=60');
    expect(headers.get("ratelimit")).toBe('"test";r=1;t=60');
    await limit(testEnv, one);
    const refused = await limit(testEnv, one).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    const { problem, headers: told } = refused as ProblemError;
    expect(problem).toMatchObject({ code: "rate_limited", limit: "2 in 60 seconds" });
    expect(told?.get("ratelimit")).toMatch(/^"test";r=0;t=(?:59|60)$/);
    expect(problem.retryAfterS).toBeGreaterThan(58);
  });

  it("RL6 is closed where nobody counts", async () => {
    const broken = {
      ...testEnv,
      RATE_LIMITER: { idFromName: () => ({}), get: () => ({ take: () => Promise.reject(new Error("gone")) }) },
    };
    const refused = limit(broken as unknown as typeof testEnv, fresh());
    await expect(refused).rejects.toMatchObject({ problem: { code: "unavailable" } });
  });

  it("RL7 lets 600 writes of one member through, and of another too", async () => {
    const on = { ...testEnv, WRITE_LIMIT: "on" };
    const [ada, eve] = [crypto.randomUUID(), crypto.randomUUID()];
    let refused: unknown = null;
    let passed = 0;
    for (; refused === null && passed < 1_300; passed += 1)
      await limitWrites(on, "org", ada).catch((error: unknown) => {
        refused = error;
      });
    // Its minute may end meanwhile, and then the next 600 pass too.
    expect(passed).toBeGreaterThan(600);
    expect((refused as unknown as ProblemError).problem).toMatchObject({
      code: "rate_limited",
      limit: "600 writes a minute",
    });
    expect((refused as unknown as ProblemError).headers?.get("ratelimit")).toBe('"writes";r=0;t=60');
    await limitWrites(on, "org", eve);
    await limitWrites(on, "other", ada);
    await limitWrites(testEnv, "org", ada);
  });

  it("RL7 lets people work on where the platform does not count", async () => {
    const WRITE_RATE = { limit: () => Promise.reject(new Error("gone")) } as unknown as RateLimit;
    await limitWrites({ ...testEnv, WRITE_LIMIT: "on", WRITE_RATE }, "org", null);
  });

  it("RL5 RL7 a refusal is 429 with what to wait for, and reads pass", async () => {
    const world = await makeWorld();
    const app = new Hono<AppEnv>();
    app.onError(answerError);
    app.use(frontDoor());
    app.all("*", (context) => context.text("done"));
    const WRITE_RATE = { limit: async () => ({ success: false }) } as unknown as RateLimit;
    const env = { ...testEnv, WRITE_LIMIT: "on", WRITE_RATE };
    const ask = (method: string) => app.request(`http://${world.slug}.localhost:8787/`, { method }, env);
    expect((await ask("GET")).status).toBe(200);
    const refused = await ask("POST");
    expect(refused.status).toBe(429);
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      "retry-after": "60",
      ratelimit: '"writes";r=0;t=60',
      "ratelimit-policy": '"writes";q=600;w=60',
    });
    expect(await refused.json()).toMatchObject({ code: "rate_limited", status: 429 });
  });
});
