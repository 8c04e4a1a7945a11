import { describe, expect, it } from "vitest";
import { sha256Hex } from "#platform/random-token";
import { Browser, localEnv } from "../shared/testing/browser.ts";
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
