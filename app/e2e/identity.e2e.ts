import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectClean, launch, makePerson, type Person } from "./browser.ts";
import { makeServer, type Server } from "./server.ts";

const PASSWORD = "herring tide 7 quay";
const BEA = "bea@example.org";
const CY = "cy@example.org";
let server: Server;
let browser: Browser;
let admin: Person;
let bea: Person;
let cy: Person;

beforeAll(async () => {
  server = await makeServer(["--auth=local"], { MAIL: "off" });
  [browser] = await Promise.all([launch(), server.start()]);
  [admin, bea, cy] = await Promise.all([makePerson(browser), makePerson(browser), makePerson(browser)]);
});
afterAll(async () => {
  await browser?.close();
  await server?.end();
});

const printedLink = () => /http:\/\/app\.localhost:\d+\/reset#[\w-]+/.exec(server.output())?.[0];
const meOf = (page: Page) => page.evaluate(() => fetch("/api/me").then((response) => response.json()));
/** A page that was loaded anew has forgotten this. */
const mark = (page: Page) => page.evaluate(() => Reflect.set(window, "kept", true));
const kept = (page: Page) => page.evaluate(() => Reflect.get(window, "kept") === true);

async function say(page: Page, words: string): Promise<void> {
  await page.getByRole("textbox", { name: "Your message", exact: true }).fill(words);
  await page.getByRole("button", { name: /^(?:Send|Queue)$/ }).click();
}

/** Opens what an administrator can do with a member. */
async function manage(name: string): Promise<void> {
  await admin.page.goto(server.at("demo", "/settings/members"));
  await admin.page.getByRole("button", { name: `Manage ${name}` }).click();
}

describe("people of an organisation, where no mail is sent", () => {
  it("begin with the administrator, by the link that the start printed, who opens it to others", async () => {
    const { page } = admin;
    await expect.poll(printedLink).toBeTruthy();
    await page.goto(printedLink() ?? "");
    await page.getByLabel("New password").fill(PASSWORD);
    await page.getByRole("button", { name: "Save and sign in" }).click();
    await page.waitForURL(server.at("demo", "/conversations"));
    await page.goto(server.at("demo", "/settings/organisation"));
    await page.getByRole("radio", { name: "Anybody" }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
  });

  it("register, wait, are let in by the administrator, and sign in", async () => {
    const { page } = bea;
    await page.goto(server.at("app", "/register?org=demo"));
    await page.getByLabel("Your name").fill("Bea Moreau");
    await page.getByLabel("E-mail address").fill(BEA);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("heading", { name: "You are waiting to be let in" }).waitFor();
    await admin.page.goto(server.at("demo", "/settings/members"));
    await admin.page.getByRole("button", { name: "Let in Bea Moreau" }).click();
    await admin.page.getByRole("button", { name: "Manage Bea Moreau" }).waitFor();
    await page.goto(server.at("demo", "/"));
    await page.getByLabel("E-mail address").fill(BEA);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(server.at("demo", "/conversations"));
    expect(await meOf(page)).toMatchObject({ via: "session", member: { name: "Bea Moreau", role: "member" } });
  });

  it("are invited by a link that is handed over, which works once", async () => {
    await admin.page.goto(server.at("demo", "/settings/members"));
    await admin.page.getByRole("button", { name: "Invite somebody" }).click();
    await admin.page.getByLabel("E-mail address").fill(CY);
    await admin.page.getByRole("button", { name: "Invite", exact: true }).click();
    const link = await admin.page.getByLabel("Link", { exact: true }).inputValue();
    await cy.page.goto(link);
    await cy.page.getByLabel("Your name").fill("Cy Okoro");
    await cy.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await cy.page.getByRole("button", { name: "Accept the invitation" }).click();
    await cy.page.waitForURL((url) => url.host.startsWith("demo."));
    expect(await meOf(cy.page)).toMatchObject({ via: "session", member: { name: "Cy Okoro", role: "member" } });
    const late = await makePerson(browser);
    await late.page.goto(link);
    await late.page.getByRole("heading", { name: "This invitation does not work" }).waitFor();
    await late.context.close();
  });
});

describe("members in one conversation", () => {
  it("see each other's words at once", async () => {
    await bea.page.goto(server.at("demo", "/conversations/new"));
    await bea.page.getByLabel("What should be done?").fill("say: Welcome aboard.");
    await bea.page.getByRole("button", { name: "Start", exact: true }).click();
    await bea.page.waitForURL(/\/conversations\/cnv_/);
    await cy.page.goto(bea.page.url());
    await cy.page.getByText("Cy Okoro is here.").or(cy.page.getByText("Bea Moreau is here.")).first().waitFor();
    await say(cy.page, "say: Cy was here.");
    await bea.page.getByText("Cy was here.").last().waitFor();
    await say(bea.page, "say: And Bea too.");
    await cy.page.getByText("And Bea too.").last().waitFor();
  });

  it("can do what a new role lets them, on the page that is open", async () => {
    await mark(cy.page);
    const more = cy.page.getByRole("button", { name: "More actions" });
    const replay = cy.page.getByRole("menuitem", { name: /^Replay/ });
    await more.click();
    await cy.page.getByRole("menuitem").first().waitFor();
    expect(await replay.count()).toBe(0);
    await cy.page.keyboard.press("Escape");
    await manage("Cy Okoro");
    await admin.page.getByLabel("Role").last().selectOption("admin");
    const changed = Date.now();
    await admin.page.getByRole("button", { name: "Save" }).click();
    await expect
      .poll(
        async () => {
          await more.click();
          await cy.page.getByRole("menuitem").first().waitFor();
          const found = await replay.count();
          await cy.page.keyboard.press("Escape");
          return found;
        },
        { timeout: 10_000 },
      )
      .toBe(1);
    expect(Date.now() - changed).toBeLessThan(10_000);
    await say(bea.page, "say: Congratulations.");
    await cy.page.getByText("Congratulations.").last().waitFor();
    expect(await kept(cy.page)).toBe(true);
  });

  it("are told when their access ends, keep what they had not sent, and are led to where people sign in", async () => {
    await cy.page.getByRole("textbox", { name: "Your message", exact: true }).fill("half a thought");
    await manage("Cy Okoro");
    await admin.page.getByRole("button", { name: "Remove", exact: true }).click();
    await admin.page.getByRole("alertdialog").getByRole("button", { name: "Remove", exact: true }).click();
    const ended = cy.page.getByRole("alert").filter({ hasText: "Your access has ended" });
    await ended.waitFor({ timeout: 5_000 });
    expect(await kept(cy.page)).toBe(true);
    expect(await cy.page.evaluate(() => JSON.stringify(window.localStorage))).toContain("half a thought");
    await expectClean(cy.page);
    await cy.page.setViewportSize({ width: 390, height: 844 });
    await expectClean(cy.page);
    await ended.getByRole("button", { name: "Sign in again" }).click();
    await cy.page.getByRole("heading", { name: "No way into Demo" }).waitFor();
    await bea.page.getByText("Congratulations.").last().waitFor();
    for (const { errors } of [admin, bea, cy]) expect(errors).toEqual([]);
  });
});
