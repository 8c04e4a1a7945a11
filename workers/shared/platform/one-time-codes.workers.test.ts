import { describe, expect, it } from "vitest";
import { z } from "zod";
import { testEnv } from "../testing/world.ts";
import { claimOnce, issueCode, redeemCode } from "./one-time-codes.ts";

const kind = { purpose: "test", payload: z.object({ who: z.string() }), ttlMs: 60_000 };
const NOW = Date.UTC(2026, 10, 20);

describe("one-time codes", () => {
  it("work once, however many use them at the same time", async () => {
    const code = await issueCode(testEnv, kind, { payload: { who: "ada" }, now: NOW });
    const uses = await Promise.all(Array.from({ length: 10 }, () => redeemCode(testEnv, kind, { code, now: NOW + 1 })));
    expect(uses.filter((one) => one !== null)).toEqual([{ who: "ada" }]);
    expect(await redeemCode(testEnv, kind, { code, now: NOW + 1 })).toBeNull();
  });

  it("work for their purpose and in their time only, and are not kept in a readable form", async () => {
    const code = await issueCode(testEnv, kind, { payload: { who: "ada" }, now: NOW });
    const dump = await testEnv.DB.prepare("SELECT * FROM one_time_codes").all();
    expect(JSON.stringify(dump.results)).not.toContain(code);
    expect(await redeemCode(testEnv, { ...kind, purpose: "other" }, { code, now: NOW })).toBeNull();
    expect(await redeemCode(testEnv, kind, { code, now: NOW + 60_000 })).toBeNull();
    expect(await redeemCode(testEnv, kind, { code, now: NOW + 59_999 })).toEqual({ who: "ada" });
  });

  it("remembers what was seen until it has expired", async () => {
    const seen = (text: string, now: number) =>
      claimOnce(testEnv, { purpose: "jti", text, now, expiresAt: now + 1_000 });
    expect([await seen("a", NOW), await seen("a", NOW + 500), await seen("b", NOW)]).toEqual([true, false, true]);
    expect(await seen("a", NOW + 1_001)).toBe(true);
  });
});
