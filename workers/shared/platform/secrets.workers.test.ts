import { describe, expect, it } from "vitest";
import { makeWorld, testEnv } from "../testing/world.ts";
import { importMasterKeys, sealUnderMaster } from "./sealing.ts";
import { openFor, providerKeyPlace, sealFor, systemPlace } from "./secrets.ts";

const keyOf = (fill: number) => btoa(String.fromCharCode(...new Uint8Array(32).fill(fill)));
/** An isolate of its own, as far as keys are kept. */
const isolate = (SECRETS_KEY = keyOf(1), SECRETS_KEY_PREVIOUS?: string) => ({
  ...testEnv,
  SECRETS_KEY,
  ...(SECRETS_KEY_PREVIOUS ? { SECRETS_KEY_PREVIOUS } : {}),
});

async function keysOf(orgId: string): Promise<{ id: string; wrapped: string }[]> {
  const statement = testEnv.DB.prepare("SELECT id, wrapped FROM org_keys WHERE org_id = ? ORDER BY generation");
  return (await statement.bind(orgId).all<{ id: string; wrapped: string }>()).results;
}

describe("secrets", () => {
  it("are sealed with a key of their org, made at its first use", async () => {
    const { orgId } = await makeWorld();
    const place = providerKeyPlace(orgId, "prv_1");
    expect(await keysOf(orgId)).toEqual([]);
    const sealed = await sealFor(isolate(), place, "sk-secret");
    const [key, ...more] = await keysOf(orgId);
    expect(more).toEqual([]);
    expect(sealed.startsWith(`v2.${key?.id}.`)).toBe(true);
    expect(key?.wrapped).toMatch(/^v1\./);
    expect(await openFor(isolate(), place, sealed)).toBe("sk-secret");
  });

  it("get one key where many isolates make it at once", async () => {
    const { orgId } = await makeWorld();
    const place = providerKeyPlace(orgId, "prv_1");
    const sealed = await Promise.all(Array.from({ length: 8 }, (_, n) => sealFor(isolate(), place, `secret ${n}`)));
    expect(await keysOf(orgId)).toHaveLength(1);
    const last = isolate();
    expect(await Promise.all(sealed.map((one) => openFor(last, place, one)))).toEqual(
      sealed.map((_, n) => `secret ${n}`),
    );
  });

  it("of one org do not open with the key of another, also where both are kept", async () => {
    const [a, b] = [await makeWorld(), await makeWorld()];
    const one = isolate();
    const sealed = await sealFor(one, providerKeyPlace(a.orgId, "prv_1"), "of a");
    await sealFor(one, providerKeyPlace(b.orgId, "prv_1"), "of b");
    await expect(openFor(one, providerKeyPlace(b.orgId, "prv_1"), sealed)).rejects.toThrow("data key is gone");
    const key = (await keysOf(a.orgId))[0];
    await testEnv.DB.prepare("DELETE FROM org_keys WHERE org_id = ?").bind(b.orgId).run();
    await testEnv.DB.prepare(
      "INSERT INTO org_keys (org_id, id, generation, wrapped, created_at) VALUES (?, ?, 1, ?, 0)",
    )
      .bind(b.orgId, key?.id ?? "", key?.wrapped ?? "")
      .run();
    await expect(openFor(isolate(), providerKeyPlace(b.orgId, "prv_1"), sealed)).rejects.toThrow("data key is gone");
  });

  it("of the installation have a key of their own", async () => {
    const place = systemPlace("signing_keys", "kid_1", "private_sealed");
    const sealed = await sealFor(isolate(), place, "private");
    expect(await openFor(isolate(), place, sealed)).toBe("private");
    await expect(openFor(isolate(), { ...place, row: "kid_2" }, sealed)).rejects.toThrow();
  });

  it("written before there were data keys open, and are of the new form when they are written again", async () => {
    const { orgId } = await makeWorld();
    const place = providerKeyPlace(orgId, "prv_1");
    const before = await sealUnderMaster(await importMasterKeys(keyOf(1), null), place, "sk-before");
    expect(await openFor(isolate(), place, before)).toBe("sk-before");
    expect(await openFor(isolate(keyOf(9), keyOf(1)), place, before)).toBe("sk-before");
    expect(await sealFor(isolate(), place, "sk-before")).toMatch(/^v2\./);
  });

  it("open with the key before this one, and can be entered again where no key opens them", async () => {
    const { orgId } = await makeWorld();
    const place = providerKeyPlace(orgId, "prv_1");
    const sealed = await sealFor(isolate(), place, "sk-secret");
    expect(await openFor(isolate(keyOf(9), keyOf(1)), place, sealed)).toBe("sk-secret");
    const lost = isolate(keyOf(9));
    await expect(openFor(lost, place, sealed)).rejects.toThrow("cannot be opened");
    const again = await sealFor(lost, place, "entered again");
    expect(await openFor(isolate(keyOf(9)), place, again)).toBe("entered again");
    expect(await openFor(isolate(), place, sealed)).toBe("sk-secret");
    expect(await keysOf(orgId)).toHaveLength(2);
  });
});
