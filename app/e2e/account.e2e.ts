import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectClean, launch, makePerson } from "./browser.ts";
import { makeServer, type Server } from "./server.ts";

const PASSWORD = "herring tide 7 quay";
let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await makeServer(["--auth=local"]);
  [browser] = await Promise.all([launch(), server.start()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.end();
});

async function mailedLink(page: Page, email: string): Promise<string> {
  await page.goto(server.at("app", "/dev/mail"));
  return (await page.locator("article", { hasText: email }).first().locator("a").getAttribute("href")) ?? "";
}

/** Registers, confirms the address by the mailed link, and ends where a new person chooses. */
async function signUp(page: Page, email: string): Promise<void> {
  await page.goto(server.at("app", "/register"));
  await page.getByLabel("Your name").fill("Ada Lovelace");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
  await page.goto(await mailedLink(page, email));
  await page.getByRole("heading", { name: "Organisations" }).waitFor();
}

describe("accounts with a password", () => {
  it("register, make an organisation, and come back to it through the sign-in", async () => {
    const { page, errors } = await makePerson(browser);
    await signUp(page, "ada@example.org");
    await expectClean(page);
    await page.getByRole("link", { name: "New organisation" }).click();
    await page.getByLabel("Name").fill("Auth");
    await page.getByText("This address is one of our own.").waitFor();
    await expectClean(page);
    await page.getByRole("button", { name: "auth-team" }).click();
    await page.getByText("held for you").waitFor();
    await page.getByRole("button", { name: "Create organisation" }).click();
    await page.waitForURL(server.at("auth-team", "/conversations"));

    await page.goto(server.at("app", "/organisations"));
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto(server.at("auth-team", "/conversations/new"));
    await page.getByRole("heading", { name: "Sign in to Auth" }).waitFor();
    await expectClean(page);
    await page.getByLabel("E-mail address").fill("ada@example.org");
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("The e-mail address or the password is wrong.").waitFor();
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL(server.at("auth-team", "/conversations/new"));
    expect(errors).toEqual([]);
  });

  it("work without JavaScript, on a phone, in the dark", async () => {
    const looks = { viewport: { width: 390, height: 844 }, colorScheme: "dark" } as const;
    const { page } = await makePerson(browser, looks);
    await signUp(page, "bo@example.org");
    const { page: plain } = await makePerson(browser, { ...looks, javaScriptEnabled: false });
    await plain.goto(server.at("app", "/sign-in"));
    await plain.getByLabel("E-mail address").fill("bo@example.org");
    await plain.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await plain.getByRole("button", { name: "Sign in" }).click();
    await plain.getByText("You are in no organisation yet").waitFor();
    await plain.goto(server.at("demo", "/"));
    await plain.getByRole("heading", { name: "No way into Demo" }).waitFor();
    await page.goto(server.at("demo", "/"));
    await page.getByRole("heading", { name: "No way into Demo" }).waitFor();
    await expectClean(page);
  });

  it("say at the field what is wrong, and what a used link is", async () => {
    const { page } = await makePerson(browser);
    await page.goto(server.at("app", "/register"));
    await page.getByLabel("Your name").fill("Cy");
    await page.getByLabel("E-mail address").fill("nobody");
    await page.getByLabel("Password", { exact: true }).fill("qwertyuiop1234");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("This must be an e-mail address.").waitFor();
    expect(await page.getByLabel("E-mail address").evaluate((input) => input === document.activeElement)).toBe(true);
    await expectClean(page);
    await page.getByLabel("E-mail address").fill("cy@example.org");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("This is one of the most common passwords.").waitFor();

    await page.goto(server.at("app", "/reset#nothing"));
    await page.getByLabel("New password").fill(PASSWORD);
    await page.getByRole("button", { name: "Save and sign in" }).click();
    await page.getByRole("alert").waitFor();
    expect(new URL(page.url()).hash).toBe("");
    await page.getByRole("link", { name: "Ask for a new link" }).waitFor();
    await expectClean(page);
    await page.goto(server.at("app", "/invitation#nothing"));
    await page.getByRole("heading", { name: "This invitation does not work" }).waitFor();
    await expectClean(page);
  });

  it("set a password by the first administrator's printed link, which opens the demo organisation", async () => {
    const { page } = await makePerson(browser);
    const link = /http:\/\/app\.localhost:\d+\/reset#[\w-]+/.exec(server.output())?.[0] ?? "";
    await page.goto(link);
    await page.getByLabel("New password").fill(PASSWORD);
    await page.getByRole("button", { name: "Save and sign in" }).click();
    await page.waitForURL(server.at("demo", "/conversations"));
    const me = await page.evaluate(() => fetch("/api/me").then((response) => response.json()));
    expect(me).toMatchObject({ via: "session", member: { role: "owner" } });
  });
});
