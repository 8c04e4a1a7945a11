import { describe, expect, it } from "vitest";
import { makeWorld, testEnv } from "../shared/testing/world.ts";
import { onCron } from "./cron.ts";

const DAY_MS = 24 * 60 * 60_000;

describe("what is done every hour", () => {
  it("forgets an Idempotency-Key after a day, and not before", async () => {
    const world = await makeWorld();
    const headers = { "content-type": "application/json", "idempotency-key": "key" };
    const create = async () => {
      const response = await world.fetch("/api/spaces", {
        method: "POST",
        headers,
        body: JSON.stringify({ name: "S" }),
      });
      return (await response.json<{ id: string }>()).id;
    };
    const first = await create();
    await onCron(testEnv, Date.now() + DAY_MS - 60_000);
    expect(await create()).toBe(first);
    await onCron(testEnv, Date.now() + DAY_MS + 60_000);
    expect(await create()).not.toBe(first);
  });
});
