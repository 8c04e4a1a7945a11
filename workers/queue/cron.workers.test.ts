import { describe, expect, it } from "vitest";
import { beginDeletion } from "#data/org-deletion";
import { GRACE_MS } from "#domain/org/deletion";
import { emptyOrg } from "../shared/testing/tenants.ts";
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

  it("purges the orgs whose time has come", async () => {
    const orgId = await emptyOrg(testEnv.DB);
    const left = () => testEnv.DB.prepare("SELECT id FROM orgs WHERE id = ?").bind(orgId).first();
    await beginDeletion(testEnv, orgId, Date.now());
    await onCron(testEnv, Date.now());
    expect(await left()).not.toBeNull();
    await onCron(testEnv, Date.now() + GRACE_MS);
    expect(await left()).toBeNull();
  });
});
