import { describe, expect, it } from "vitest";
import { sha256Hex } from "#platform/random-token";
import { Browser, localEnv } from "../shared/testing/browser.ts";
import { testEnv } from "../shared/testing/world.ts";
import { meOf, owner } from "./testing/members.ts";
import { APP } from "./testing/people.ts";

const env = localEnv();

describe("a link with somebody else's sign-in", () => {
  it("signs nobody in who began nothing, whatever digest it was made for", async () => {
    const { browser, org } = await owner();
    const query = new URLSearchParams({ org: org.slug, to: "/", browser: await sha256Hex("") });
    const link = (await browser.fetch(`${APP}/enter?${query}`)).headers.get("location") ?? "";
    expect(link).toContain("/session/accept?code=");
    const victim = new Browser(env);
    await victim.fetch(link);
    expect((await meOf(victim, org)).status).toBe(401);
  });
});

describe("a session on an org's host", () => {
  it("is no younger than the sign-in it came from, and ends with it", async () => {
    const { browser, org } = await owner();
    const days = 24 * 60 * 60_000;
    const root =
      "UPDATE sessions SET created_at = ? WHERE host_org_id IS NULL AND account_id = (SELECT account_id FROM members WHERE org_id = ? AND role = 'owner')";
    await testEnv.DB.prepare(root)
      .bind(Date.now() - 89 * days, org.id)
      .run();
    expect((await meOf(browser, org)).status).toBe(200);
    await testEnv.DB.prepare(root)
      .bind(Date.now() - 91 * days, org.id)
      .run();
    expect((await meOf(browser, org)).status).toBe(401);
  });
});
