import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectClean, launch, makePerson, type Person } from "./browser.ts";
import { makeServer, type Server } from "./server.ts";

const PASSWORD = "herring tide 7 quay";
const NEXT_PASSWORD = "copper lantern 4 pier";
const SMALL = { width: 390, height: 844 };
const LARGE = { width: 1440, height: 900 };
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** Nothing to say for axe, and nothing that sticks out, in both widths and themes. */
async function expectCleanAtBothWidths(page: Page): Promise<void> {
  await expectClean(page);
  await page.setViewportSize(SMALL);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectClean(page);
  await page.setViewportSize(LARGE);
  await page.emulateMedia({ colorScheme: "light" });
}

describe("with accounts", () => {
  let server: Server;
  let owner: Person;

  beforeAll(async () => {
    server = await makeServer(["--auth=local"]);
    await server.start();
    owner = await makePerson(browser);
    const link = /set a password at (\S+)/.exec(server.output())?.[1] ?? "";
    await owner.page.goto(link);
    await owner.page.getByLabel("New password").fill(PASSWORD);
    await owner.page.getByRole("button", { name: "Save and sign in" }).click();
    await owner.page.waitForURL(server.at("demo", "/conversations"));
  });
  afterAll(() => server?.end());

  /** Invites an address as `role`, and gives the page of who followed the link and made an account. */
  async function invite(email: string, name: string, role: string): Promise<Person> {
    const { page } = owner;
    await page.goto(server.at("demo", "/settings/members"));
    await page.getByRole("button", { name: "Invite somebody" }).click();
    await page.getByLabel("E-mail address").fill(email);
    const form = page.getByRole("form", { name: "Invite" });
    await form.getByLabel("Role").selectOption({ label: role });
    await form.getByRole("button", { name: "Invite" }).click();
    const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
    const invited = await makePerson(browser);
    await invited.page.goto(link);
    await invited.page.getByLabel("Your name").fill(name);
    await invited.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await invited.page.getByRole("button", { name: "Accept the invitation" }).click();
    await invited.page.waitForURL((url) => url.host.startsWith("demo."));
    return invited;
  }

  const rowOf = (page: Page, text: string) => page.getByRole("listitem").filter({ hasText: text });

  it("an owner invites somebody, gives them a role, suspends and removes them, and stays an owner", async () => {
    const invited = await invite("katherine@example.org", "Katherine Johnson", "Member");
    const { page } = owner;
    await expectClean(page);
    await page.reload();
    await rowOf(page, "katherine@example.org").getByText("Accepted").waitFor();

    await invited.page.goto(server.at("demo", "/settings/members"));
    await invited.page.getByText("Your role in this organisation does not allow this.").waitFor();
    await invited.page.goto(server.at("demo", "/settings"));
    await invited.page.getByRole("link", { name: "Spaces" }).waitFor();
    expect(await invited.page.getByRole("link", { name: "Members" }).count()).toBe(0);
    await invited.page.goto(server.at("demo", "/settings/models"));
    await invited.page.getByRole("heading", { name: "Models agents can use" }).waitFor();
    expect(await invited.page.getByRole("button", { name: "Add a provider" }).count()).toBe(0);

    await page.getByRole("button", { name: "Manage Katherine Johnson" }).click();
    await expectCleanAtBothWidths(page);
    await page.getByRole("dialog").getByLabel("Role").selectOption("admin");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await rowOf(page, "Katherine Johnson").getByText("Administrator").waitFor();
    await invited.page.goto(server.at("demo", "/settings/members"));
    await invited.page.getByRole("button", { name: "Manage Dev Admin" }).click();
    await invited.page.getByRole("button", { name: "Suspend" }).click();
    await invited.page.getByText("Your role does not reach that far.").waitFor();

    await page.getByRole("button", { name: "Manage Katherine Johnson" }).click();
    await page.getByRole("button", { name: "Suspend" }).click();
    await rowOf(page, "Katherine Johnson").getByText("Suspended").waitFor();
    await invited.page.goto(server.at("demo", "/conversations"));
    await invited.page.waitForURL((url) => url.host.startsWith("app."));
    await page.getByRole("button", { name: "Manage Katherine Johnson" }).click();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await rowOf(page, "Katherine Johnson").getByText("Suspended").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Manage Katherine Johnson" }).click();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("alertdialog").getByText("Their conversations and what they wrote stay.").waitFor();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Manage Katherine Johnson" }).waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Manage Dev Admin" }).click();
    await page.getByRole("dialog").getByLabel("Role").selectOption("member");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("The last owner stays one.").waitFor();
    expect(owner.errors).toEqual([]);
  });

  it("an invitation says at the field what is wrong, and is revoked", async () => {
    const { page } = owner;
    await page.goto(server.at("demo", "/settings/members?role=owner"));
    await expect.poll(() => page.getByRole("button", { name: /^Manage/ }).count()).toBe(1);
    await page.getByRole("button", { name: "Invite somebody" }).click();
    const email = page.getByLabel("E-mail address");
    await email.fill("admin@example.com");
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    await page.getByText("This is a member already.").waitFor();
    expect(await email.evaluate((input) => input === document.activeElement)).toBe(true);
    await expectCleanAtBothWidths(page);
    await email.fill("mary@example.org");
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    await page.getByRole("textbox", { name: "Link" }).waitFor();
    await page.getByRole("button", { name: "Revoke the invitation of mary@example.org" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
    await rowOf(page, "mary@example.org").getByText("Revoked").waitFor();
  });

  it("a member changes their name and password, makes a key that works until it is revoked, and signs out", async () => {
    const { page, errors } = await invite("dorothy@example.org", "Dorothy Vaughan", "Member");
    await page.goto(server.at("demo", "/settings/profile"));
    await page.getByLabel("Name", { exact: true }).fill("Dorothy J. Vaughan");
    await page.getByLabel("Time zone").selectOption("Europe/Berlin");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").getByText("Saved.").waitFor();
    await page.getByRole("button", { name: "Dorothy J. Vaughan" }).waitFor();
    await expectCleanAtBothWidths(page);

    await page.goto(server.at("demo", "/settings/security"));
    await page.getByText("This browser").waitFor();
    await page.getByText("Chrome on Linux").waitFor();
    await page.getByLabel("Current password").fill("not the password");
    await page.getByLabel("New password").fill(NEXT_PASSWORD);
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByText("This is not your password.").waitFor();
    await expectCleanAtBothWidths(page);
    await page.getByLabel("Current password").fill(PASSWORD);
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByRole("status").getByText("Saved.").waitFor();
    expect(await page.getByLabel("New password").inputValue()).toBe("");

    await page.goto(server.at("demo", "/settings/api-keys"));
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByLabel("Name", { exact: true }).fill("nightly build");
    await expectCleanAtBothWidths(page);
    await page.getByRole("button", { name: "Create the key" }).click();
    const token = await page.getByRole("textbox", { name: "Token" }).inputValue();
    expect(token).toMatch(/^qsk_/);
    await expectClean(page);
    const { port } = new URL(server.origin);
    const headers = { authorization: `Bearer ${token}`, host: `api.localhost:${port}` };
    const status = async () => (await page.request.get(`http://127.0.0.1:${port}/api/me`, { headers })).status();
    expect(await status()).toBe(200);
    await page.reload();
    expect(await page.content()).not.toContain(token);
    await page.getByRole("button", { name: "Revoke the key nightly build" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByText("No keys yet").waitFor();
    expect(await status()).toBe(401);

    await page.getByRole("button", { name: "Dorothy J. Vaughan" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Demo" }).waitFor();
    await page.goto(server.at("demo", "/conversations"));
    await page.getByRole("heading", { name: "Sign in to Demo" }).waitFor();
    expect(errors).toEqual([]);
  });

  it("a private space keeps its conversations to its people, and a guest sees the one they are added to", async () => {
    const guest = await invite("mae@example.org", "Mae Jemison", "Guest");
    const { page } = owner;
    await page.goto(server.at("demo", "/settings/spaces"));
    await page.getByRole("button", { name: "New space" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Harbour works");
    await page.getByLabel("Who takes part").selectOption("private");
    await page.getByRole("button", { name: "Create the space" }).click();
    await page.getByRole("button", { name: "Open the space Harbour works" }).click();
    await page.getByRole("dialog").getByText("Dev Admin").first().waitFor();
    await expectCleanAtBothWidths(page);
    await page.getByRole("button", { name: "Leave the space" }).click();
    await page.getByRole("alert").getByText("The last lead stays one.").waitFor();

    await page.goto(server.at("demo", "/conversations/new"));
    await page.getByLabel("Space").selectOption({ label: "Harbour works" });
    await page.getByLabel("What should be done?").fill("say: the crane is free");
    await page.getByRole("button", { name: /^Start/ }).click();
    await page.waitForURL(/\/conversations\/cnv_/);
    await page.getByRole("link", { name: "Harbour works" }).waitFor();
    const path = new URL(page.url()).pathname;
    await guest.page.goto(server.at("demo", path));
    await guest.page.getByText("There is nothing here").waitFor();

    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: /^People/ }).click();
    await page.getByLabel("Add somebody").selectOption({ label: "Mae Jemison (guest)" });
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("button", { name: "Take out Mae Jemison" }).waitFor();
    await expectCleanAtBothWidths(page);
    await guest.page.goto(server.at("demo", path));
    await guest.page.getByRole("button", { name: "More actions" }).click();
    await guest.page.getByRole("menuitem", { name: /^People/ }).click();
    await guest.page.getByRole("dialog").getByText("Mae Jemison").waitFor();
    expect(await guest.page.getByLabel("Add somebody").count()).toBe(0);
    await guest.page.getByRole("button", { name: "Leave" }).click();
    await guest.page.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click();
    await guest.page.waitForURL(server.at("demo", "/conversations"));
    await guest.page.getByText("Guests see the conversations they are added to.").waitFor();
    expect(await guest.page.getByRole("link", { name: "New conversation" }).count()).toBe(0);
    await page.getByRole("button", { name: "Take out Mae Jemison" }).waitFor({ state: "detached" });

    await page.goto(server.at("demo", "/conversations"));
    await page.getByLabel("Space").selectOption({ label: "Harbour works" });
    await page.getByRole("button", { name: "Search", exact: true }).last().click();
    await page.waitForURL(/space=spc_/);
    await page.locator("main").getByRole("link", { name: /crane/ }).waitFor();
    expect([...owner.errors, ...guest.errors]).toEqual([]);
  });

  it("an owner sets who may join, adds an identity provider, and is asked for the name before all of it goes", async () => {
    const { page } = owner;
    await page.goto(server.at("demo", "/settings/organisation"));
    await page.getByLabel("People with an address of these domains").check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("This must name a domain.").waitFor();
    await expectCleanAtBothWidths(page);
    await page.getByLabel("Domains", { exact: true }).fill("example.org\nexample.net");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").getByText("Saved.").waitFor();

    await page.goto(server.at("demo", "/settings/identity-providers"));
    await page.getByRole("button", { name: "Add a provider" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Keycloak");
    await page.getByLabel("Issuer").fill("https://login.example.com/realms/work");
    await page.getByLabel("Client id").fill("quayside");
    await page.getByLabel("Client secret").fill("sk-canary-000000");
    await page.getByLabel("Roles of groups").fill("/staff = boss");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("line 1 is not of the form").waitFor();
    await page.getByLabel("Roles of groups").fill("/staff = member");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("secret ends in 0000").waitFor();
    await page.getByRole("button", { name: "Edit Keycloak" }).click();
    await expectCleanAtBothWidths(page);
    expect(await page.content()).not.toContain("canary");

    await page.goto(server.at("demo", "/settings/organisation"));
    await page.getByLabel("Type demo to confirm").fill("demon");
    await page.getByRole("button", { name: "Delete the organisation" }).click();
    await page.getByText("This must be demo.").waitFor();
    await page.getByLabel("Type demo to confirm").fill("demo");
    await page.getByRole("button", { name: "Delete the organisation" }).click();
    await page.waitForURL(server.at("app", "/organisations"));
    expect(owner.errors).toEqual([]);
  });
});

describe("without sign-in", () => {
  let server: Server;
  beforeAll(async () => {
    server = await makeServer();
    await server.start();
  });
  afterAll(() => server?.end());

  it("the pages of an account say that there is none, and the rest works", async () => {
    const { page, errors } = await makePerson(browser);
    for (const name of ["profile", "security"]) {
      await page.goto(`${server.origin}/settings/${name}`);
      await page.getByText("There is no account here").waitFor();
      await expectCleanAtBothWidths(page);
    }
    await page.getByRole("button", { name: "Dev Admin" }).click();
    await page.getByRole("menuitem", { name: "API keys" }).waitFor();
    expect(await page.getByRole("menuitem", { name: "Sign out" }).count()).toBe(0);
    await page.goto(`${server.origin}/settings/members`);
    await page.getByRole("button", { name: "Manage Dev Admin" }).waitFor();
    expect(errors).toEqual([]);
  });
});
