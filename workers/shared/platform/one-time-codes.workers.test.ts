import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { testEnv } from "../testing/world.ts";
import { claimOnce, issueCode, readCode, redeemCode } from "./one-time-codes.ts";

const schema = z.object({ who: z.string() });
const code = { payload: { who: "ada" }, ttlMs: 60_000 };
const purpose = "handover";
const passed = (ms: number) => vi.setSystemTime(Date.now() + ms);

afterEach(() => void vi.useRealTimers());

describe("one-time codes", () => {
  it("work once, however many use them at the same time", async () => {
    const secret = await issueCode(testEnv, purpose, code);
    expect(await readCode(testEnv, { purpose, secret }, schema)).toEqual({ who: "ada" });
    const uses = Array.from({ length: 10 }, () => redeemCode(testEnv, { purpose, secret }, schema));
    expect((await Promise.all(uses)).filter((one) => one !== null)).toEqual([{ who: "ada" }]);
    expect(await redeemCode(testEnv, { purpose, secret }, schema)).toBeNull();
  });

  it("work for their purpose and in their time only, and are not kept in a readable form", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const secret = await issueCode(testEnv, purpose, code);
    const dump = await testEnv.DB.prepare("SELECT * FROM one_time_codes").all();
    expect(JSON.stringify(dump.results)).not.toContain(secret);
    expect(await redeemCode(testEnv, { purpose: "ticket", secret }, schema)).toBeNull();
    passed(59_999);
    expect(await readCode(testEnv, { purpose, secret }, schema)).toEqual({ who: "ada" });
    passed(1);
    expect(await readCode(testEnv, { purpose, secret }, schema)).toBeNull();
    expect(await redeemCode(testEnv, { purpose, secret }, schema)).toBeNull();
  });

  it("remembers a name until its time is over", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const first = (text: string) => claimOnce(testEnv, { purpose: "jti", text, ttlMs: 1_000 });
    expect([await first("a"), await first("a"), await first("b")]).toEqual([true, false, true]);
    passed(1_001);
    expect(await first("a")).toBe(true);
  });
});
