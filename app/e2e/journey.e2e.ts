import { execFileSync } from "node:child_process";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectClean, launch, makePerson, type Person, transcriptOf } from "./browser.ts";
import { makeServer, type Server } from "./server.ts";

const PROMPT = [
  "say: Looking at the project first.",
  "write notes/plan.md:",
  "```",
  "# Plan",
  "Ship it.",
  "```",
  "run: npm test",
  "ask: Which name shall the note have? | plan | roadmap",
  "edit notes/plan.md: Ship it. => Ship it today.",
  "say: That was everything.",
].join("\n");

let server: Server;
let browser: Browser;
let ada: Person;
let ben: Person;

beforeAll(async () => {
  server = await makeServer();
  await server.start();
  browser = await launch();
  ada = await makePerson(browser);
  ben = await makePerson(browser, { colorScheme: "dark" });
});

afterAll(async () => {
  await browser?.close();
  await server?.end();
});

async function send(person: Person, text: string): Promise<void> {
  await person.page.getByRole("textbox", { name: "Your message", exact: true }).fill(text);
  await person.page.getByRole("button", { name: /^(?:Send|Queue)$/ }).click();
}

/** The last turn is over: nothing of it moves any more. */
async function idle(...people: Person[]): Promise<void> {
  for (const { page } of people)
    await page.getByRole("button", { name: "Stop", exact: true }).waitFor({ state: "detached", timeout: 60_000 });
}

/** Both people read the same, once what has arrived is drawn. */
async function sameTranscript(): Promise<void> {
  await expect
    .poll(async () => (await transcriptOf(ben.page)) === (await transcriptOf(ada.page)), { timeout: 10_000 })
    .toBe(true);
  expect(await transcriptOf(ben.page)).toBe(await transcriptOf(ada.page));
}

const turns = (person: Person) => person.page.getByLabel(/^Turn of /);

describe("the main job", () => {
  it("shows an agent at work, live and the same in two browsers, through a reload", async () => {
    await ada.page.goto(server.origin);
    await ada.page.getByRole("link", { name: "New conversation" }).first().click();
    await ada.page.getByLabel("What should be done?").fill(PROMPT);
    await ada.page.getByRole("button", { name: "Start", exact: true }).click();
    await ada.page.waitForURL(/\/conversations\/cnv_/);
    await ben.page.goto(ada.page.url());
    await ben.page.getByText("Looking at the project first.").first().waitFor();
    await ada.page.reload();
    const question = ben.page.getByText("Which name shall the note have?").first();
    await question.waitFor();
    await ada.page.getByText("Which name shall the note have?").first().waitFor();
    await expectClean(ben.page);
    await ben.page
      .getByRole("radio", { name: "roadmap" })
      .or(ben.page.getByRole("button", { name: /roadmap/ }))
      .first()
      .click();
    for (const person of [ada, ben]) await person.page.getByText("That was everything.").last().waitFor();
    await ada.page.getByText(/Done, \d steps/).waitFor();
    await ben.page.getByText(/Done, \d steps/).waitFor();
    await idle(ada, ben);
    await sameTranscript();
    await ben.page.reload();
    await ben.page.getByText(/Done, \d steps/).waitFor();
    await sameTranscript();
    expect([...ada.errors, ...ben.errors]).toEqual([]);
  });

  it("shows the command's real output and the changed file side by side, commits and pushes it", async () => {
    const { page } = ada;
    await page.locator('details[data-kind="command"] summary').filter({ hasText: "npm test" }).click();
    await page
      .getByText(/pass \d+/)
      .first()
      .waitFor();
    await page.goto(`${page.url().split("?")[0]}?tab=changes`);
    await page.getByLabel("Changed files").getByText("plan.md").click();
    await page.locator(".cm-content").getByText("Ship it today.").first().waitFor();
    await expectClean(page);
    await page.getByLabel("Commit message").fill("Add the plan");
    await page.getByRole("button", { name: "Commit", exact: true }).click();
    await page.getByRole("button", { name: /^Push/ }).click();
    await page.getByText(/is pushed/).waitFor();
    const pushed = execFileSync("git", ["-C", server.repository, "show", "main:notes/plan.md"], { encoding: "utf8" });
    expect(pushed.trim()).toBe("# Plan\nShip it today.");
  });

  it("queues, steers and stops while it runs", async () => {
    await ada.page.goto(ada.page.url().split("?")[0] ?? "");
    const before = await turns(ada).count();
    await send(ada, "wait: 60");
    await ada.page.getByRole("button", { name: "Stop", exact: true }).waitFor();
    await send(ada, "say: I was queued.");
    await ada.page.getByText(/1 queued message/).waitFor();
    await ben.page.getByText(/1 queued message/).waitFor();
    const stopped = Date.now();
    await ben.page.getByRole("button", { name: "Stop", exact: true }).click();
    await ada.page.getByText("Stopped. What it did until then is kept.").first().waitFor();
    expect(Date.now() - stopped).toBeLessThan(3_000);
    await turns(ada).filter({ hasText: "I was queued." }).waitFor();
    expect(await turns(ada).count()).toBe(before + 2);
  });

  it("asks before a change where it is told to, and takes no for an answer", async () => {
    const { page } = ada;
    await page.getByLabel("Autonomy").selectOption("ask");
    await send(ada, "run: echo allowed-$((40+2))\nrun: rm -rf src");
    const card = page.getByLabel(/^Approval: /).first();
    await card.waitFor();
    await expectClean(page);
    await page
      .getByRole("button", { name: /^Approve/ })
      .first()
      .click();
    await page.getByText("rm -rf src").first().waitFor();
    await ben.page.getByRole("button", { name: "Deny" }).first().click();
    await ben.page
      .getByRole("button", { name: "Deny" })
      .first()
      .click({ timeout: 2_000 })
      .catch(() => undefined);
    await page
      .getByText(/Done, 2 steps/)
      .last()
      .waitFor();
    const listed = await (
      await fetch(`${server.origin}/api/conversations/${conversationId(page.url())}/files?path=.`)
    ).text();
    expect(listed).toContain('"src"');
    await page.getByLabel("Autonomy").selectOption("auto_safe");
  });

  it("keeps the conversation whole when the server is killed in the middle, and the run goes on", async () => {
    const { page } = ada;
    await send(ada, "say: Before the crash.\nrun: sleep 30 && echo survived\nsay: After the crash.");
    await page.locator('details[data-kind="command"]').filter({ hasText: "sleep 30" }).waitFor();
    await ben.page.locator('details[data-kind="command"]').filter({ hasText: "sleep 30" }).waitFor();
    const seen = await transcriptOf(ben.page);
    await server.kill();
    await page
      .getByText(/Reconnecting/)
      .first()
      .waitFor();
    await send(ada, "say: Written while nobody was there.");
    await server.start();
    const crashed = turns(ada).filter({ hasText: "Before the crash." }).last();
    await crashed.getByText("After the crash.").waitFor({ timeout: 60_000 });
    await crashed.getByText("interrupted").first().waitFor();
    const kept = turns(ada).filter({ hasText: "Written while nobody was there." });
    await kept.getByText("Written while nobody was there.").first().waitFor();
    await page
      .getByText(/Reconnecting/)
      .first()
      .waitFor({ state: "detached", timeout: 60_000 });
    await idle(ada, ben);
    await sameTranscript();
    const after = await transcriptOf(page);
    expect(after.startsWith(seen.slice(0, seen.indexOf("Before the crash.")))).toBe(true);
    expect(await crashed.getByText("Before the crash.", { exact: true }).count()).toBe(1);
    expect(await kept.count()).toBe(1);
    expect(await page.getByText("say: Written while nobody was there.").count()).toBe(1);
    await ben.page.reload();
    await sameTranscript();
  });

  it("works on a phone, and can be read without JavaScript", async () => {
    const url = ada.page.url();
    const phone = await makePerson(browser, { viewport: { width: 390, height: 844 } });
    for (const path of [
      url,
      `${url}?tab=changes`,
      server.origin,
      `${server.origin}/conversations/new`,
      `${server.origin}/settings/models`,
      `${server.origin}/settings`,
    ]) {
      await phone.page.goto(path);
      await phone.page.waitForLoadState("networkidle");
      await expectClean(phone.page);
    }
    const plain = await makePerson(browser, { javaScriptEnabled: false });
    await plain.page.goto(url);
    await plain.page.getByText("That was everything.").first().waitFor();
    await plain.page.getByText("Before the crash.").first().waitFor();
    expect([...phone.errors, ...plain.errors]).toEqual([]);
  });
});

function conversationId(url: string): string {
  return /cnv_[0-9a-f]{32}/.exec(url)?.[0] ?? "";
}
