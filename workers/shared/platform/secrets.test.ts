import { describe, expect, it } from "vitest";
import { open, seal } from "./secrets.ts";

const key = btoa(String.fromCharCode(...new Uint8Array(32).fill(7)));
const otherKey = btoa(String.fromCharCode(...new Uint8Array(32).fill(8)));
const place = { orgId: "org_a", table: "providers", row: "prv_1", column: "key_sealed" };

describe("secrets", () => {
  it("opens what it sealed, and never seals the same way twice", async () => {
    const first = await seal(key, place, "sk-ключ-🔑");
    expect(first).not.toContain("sk-");
    expect(await seal(key, place, "sk-ключ-🔑")).not.toBe(first);
    expect(await open(key, place, first)).toBe("sk-ключ-🔑");
  });

  it.each([
    ["another org", { ...place, orgId: "org_b" }],
    ["another table", { ...place, table: "connections" }],
    ["another row", { ...place, row: "prv_2" }],
    ["another column", { ...place, column: "name" }],
  ])("does not open in %s", async (_name, elsewhere) => {
    const sealed = await seal(key, place, "sk-secret");
    await expect(open(key, elsewhere, sealed)).rejects.toThrow();
  });

  it("names the key it was sealed with and refuses another", async () => {
    const sealed = await seal(key, place, "sk-secret");
    const keyId = sealed.split(".")[1];
    await expect(open(otherKey, place, sealed)).rejects.toThrow(`another key (${keyId})`);
  });

  it("refuses a changed ciphertext and an unknown form", async () => {
    const sealed = await seal(key, place, "sk-secret");
    const flipped = sealed.slice(0, -2) + (sealed.at(-2) === "A" ? "B" : "A") + sealed.at(-1);
    await expect(open(key, place, flipped)).rejects.toThrow();
    await expect(open(key, place, "plain text")).rejects.toThrow("unknown form");
  });
});
