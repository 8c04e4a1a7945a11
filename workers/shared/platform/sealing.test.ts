import { describe, expect, it } from "vitest";
import { importKey, importMasterKeys, open, openUnderMaster, seal, sealedParts, sealUnderMaster } from "./sealing.ts";

const key = btoa(String.fromCharCode(...new Uint8Array(32).fill(7)));
const otherKey = btoa(String.fromCharCode(...new Uint8Array(32).fill(8)));
const place = { orgId: "org_a", table: "providers", row: "prv_1", column: "key_sealed" };
const sealText = async (text: string) => seal({ version: "v2", ...(await importKey(key)) }, place, text);
const openText = async (at: typeof place, text: string) => open(await importKey(key), at, sealedParts(text));

describe("sealing", () => {
  it("opens what it sealed, and never seals the same way twice", async () => {
    const first = await sealText("sk-ключ-🔑");
    expect(first).toMatch(/^v2\.[0-9a-f]{8}\.[\w-]+\.[\w-]+$/);
    expect(first).not.toContain("sk-");
    expect(await sealText("sk-ключ-🔑")).not.toBe(first);
    expect(await openText(place, first)).toBe("sk-ключ-🔑");
  });

  it.each([
    ["another org", { ...place, orgId: "org_b" }],
    ["another table", { ...place, table: "connections" }],
    ["another row", { ...place, row: "prv_2" }],
    ["another column", { ...place, column: "name" }],
    ["the installation", { ...place, orgId: null as unknown as string }],
  ])("does not open in %s", async (_name, elsewhere) => {
    await expect(openText(elsewhere, await sealText("sk-secret"))).rejects.toThrow();
  });

  it("names the key it was sealed with and refuses another", async () => {
    const sealed = await sealText("sk-secret");
    const wrong = await importKey(otherKey);
    await expect(open(wrong, place, sealedParts(sealed))).rejects.toThrow(`another key (${sealed.split(".")[1]})`);
  });

  it("refuses a changed ciphertext and an unknown form", async () => {
    const sealed = await sealText("sk-secret");
    const flipped = sealed.slice(0, -2) + (sealed.at(-2) === "A" ? "B" : "A") + sealed.at(-1);
    await expect(openText(place, flipped)).rejects.toThrow();
    for (const form of ["plain text", "v3.aaaaaaaa.b.c", "v2.aaaaaaaa.b", `${sealed}.x`])
      expect(() => sealedParts(form)).toThrow("unknown form");
  });

  it("opens under the key before this one while there is one, and no longer", async () => {
    const before = await sealUnderMaster(await importMasterKeys(otherKey, null), place, "old");
    expect(await openUnderMaster(await importMasterKeys(key, otherKey), place, sealedParts(before))).toBe("old");
    await expect(openUnderMaster(await importMasterKeys(key, null), place, sealedParts(before))).rejects.toThrow(
      "another key",
    );
  });

  it("opens what was written before there were data keys", async () => {
    const stored = "v1.4bb06f8e.zWk1bVNsUYfT2bL_.ZD8O_dsAcov8SmfLwY2-M370SRV8-Je9yg";
    expect(await openUnderMaster(await importMasterKeys(key, null), place, sealedParts(stored))).toBe("sk-before");
  });
});
