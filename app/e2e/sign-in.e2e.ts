import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectClean, launch, makePerson } from "./browser.ts";
import { makeServer, type Server } from "./server.ts";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await makeServer(["--auth=oauth"]);
  [browser] = await Promise.all([launch(), server.start()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.end();
});

describe("sign-in at an identity provider", () => {
  it("leads a person by the keyboard to the provider, and into their organisation as who they are there", async () => {
    const { page, errors } = await makePerson(browser);
    await page.goto(server.at("app", "/session/begin?provider=dev&to=/session"));
    await expectClean(page);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.host.startsWith("app."));
    await page.goto(server.at("demo", "/"));
    await page.waitForURL((url) => url.host.startsWith("demo.") && url.pathname !== "/");
    const me = await page.evaluate(() => fetch("/api/me").then((response) => response.json()));
    expect(me).toMatchObject({ via: "session", member: { name: "Mara Lindqvist", role: "admin" } });
    expect(errors).toEqual([]);
  });

  it("makes the administrator whom the start named the owner of the demo organisation", async () => {
    const { page } = await makePerson(browser);
    await page.goto(server.at("app", "/session/begin?provider=dev"));
    await page.getByRole("button", { name: "Dev Admin" }).click();
    await page.waitForURL((url) => url.host.startsWith("app.") || url.host.startsWith("demo."));
    await page.goto(server.at("demo", "/conversations"));
    const me = await page.evaluate(() => fetch("/api/me").then((response) => response.json()));
    expect(me).toMatchObject({ via: "session", member: { role: "owner" } });
  });

  it("tells a person who is not let in why, on small screens and in the dark too", async () => {
    const small = { viewport: { width: 390, height: 844 }, colorScheme: "dark" } as const;
    const { page } = await makePerson(browser, small);
    await page.goto(server.at("app", "/session/begin?provider=dev"));
    await expectClean(page);
    await page.getByRole("button", { name: "Noor Haddad" }).click();
    await page.getByRole("heading", { name: "You are not signed in" }).waitFor();
    await expectClean(page);
    expect(await page.innerText("main")).toContain("oidc_email_unverified");
    expect((await page.context().cookies(server.at("app", "/"))).map(({ name }) => name)).not.toContain(
      "quayside_session",
    );
  });
});
