import { describe, expect, test } from "vitest";
import { containerName, hostSecret } from "./container-identity.ts";

const id = (prefix: string, hex: string) => `${prefix}_${hex.padStart(32, "0")}`;
const key = (fill: number) => Buffer.alloc(32, fill).toString("base64");

describe("container identity", () => {
  test("a name fits the SDK's rules, and belongs to one sandbox of one org", () => {
    const longest = containerName({ orgId: id("org", "f".repeat(32)), sandboxId: id("sbx", "f".repeat(32)) });
    expect(longest).toMatch(/^[0-9a-z]{25}-[0-9a-z]{25}$/);
    const names = ["1", "2"].flatMap((org) =>
      ["1", "2"].map((sandbox) => containerName({ orgId: id("org", org), sandboxId: id("sbx", sandbox) })),
    );
    expect(names).toEqual(["1-1", "1-2", "2-1", "2-2"]);
  });

  test("a secret is the container's own, long enough, and needs the key", async () => {
    const secret = await hostSecret(key(2), "a");
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(await hostSecret(key(2), "a")).toBe(secret);
    expect(await hostSecret(key(2), "b")).not.toBe(secret);
    expect(await hostSecret(key(3), "a")).not.toBe(secret);
  });
});
