import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectClean, launch, makePerson, type Person } from "./browser.ts";
import { type FakeModel, makeFakeModel } from "./fake-model.ts";
import { makeServer, type Server } from "./server.ts";

let server: Server;
let model: FakeModel;
let browser: Browser;
let ada: Person;
let page: Page;
let id: string;

beforeAll(async () => {
  server = await makeServer();
  [model] = await Promise.all([makeFakeModel("The fake model says hello."), server.start()]);
  browser = await launch();
  ada = await makePerson(browser);
  page = ada.page;
  id = await makeConversation();
});

afterAll(async () => {
  await browser?.close();
  await model?.end();
  await server?.end();
});

async function api(path: string, body?: unknown) {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${server.origin}/api/${path}`, body === undefined ? {} : init);
  expect(response.ok).toBe(true);
  const text = await response.text();
  return text === "" ? null : JSON.parse(text);
}

async function makeConversation(settings: Record<string, unknown> = {}): Promise<string> {
  const [repository] = (await api("repositories")).items;
  return (await api("conversations", { kind: "coding", repositoryId: repository.id, ...settings })).id;
}

const show = (query: string) => page.goto(`${server.origin}/conversations/${id}${query}`);
const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
const connected = () => page.locator("[data-testid=terminal][data-state=connected]").waitFor();
const content = async (path: string) =>
  (await fetch(`${server.origin}/api/conversations/${id}/files/content?path=${path}`)).text();

function isInView(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= window.innerHeight;
}

async function send(words: string): Promise<void> {
  await page.getByRole("textbox", { name: "Your message", exact: true }).fill(words);
  await button(/^(?:Send|Queue)$/).click();
}

describe("the workspace", () => {
  it("starts a sandbox only when asked, and comes back to its terminal after a stop", async () => {
    for (const tab of ["changes", "files", "terminal"]) {
      await show(`?tab=${tab}`);
      await page.getByText("The sandbox starts with the first command.").waitFor();
    }
    expect((await api(`conversations/${id}`)).head.sandbox.state).toBe("none");
    await expectClean(page);
    await button("Start the sandbox").click();
    await connected();
    await page.keyboard.type("printf 'one\\r\\ntwo\\r\\n' > made.txt; echo made-$((40+2))\n");
    await page.locator(".xterm-accessibility-tree").getByText("made-42", { exact: true }).waitFor();
    await expectClean(page);
    await api(`conversations/${id}/sandbox/stop`, {});
    await button("Start the sandbox and connect").click();
    await connected();
  });

  it("edits a file as it is, asks before it is left unsaved, and does not overwrite what came between", async () => {
    await show("?tab=files");
    await button(/^made\.txt/).click();
    const field = page.getByRole("textbox", { name: "made.txt, to edit" });
    await field.click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("three");
    await page.getByRole("tab", { name: "Terminal" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
    await expectClean(page);
    await button("Save").click();
    await page.getByText("Saved.").waitFor();
    expect(await content("made.txt")).toBe("one\r\ntwo\r\nthree");
    const url = `${server.origin}/api/conversations/${id}/files/content?path=made.txt`;
    await fetch(url, { method: "PUT", body: "theirs\n" });
    await field.click();
    await page.keyboard.type("mine");
    await page.keyboard.press("Control+s");
    await page.getByText(/was changed or deleted in the sandbox/).waitFor();
    await button("Drop mine and load it again").click();
    await field.getByText("theirs").waitFor();
    expect(await content("made.txt")).toBe("theirs\n");
  });

  it("discards a change after saying that it cannot be undone", async () => {
    await show("?tab=changes");
    await button("Discard changes of made.txt").click();
    await page
      .getByRole("alertdialog")
      .getByText(/cannot be undone/)
      .waitFor();
    await expectClean(page);
    await page.getByRole("alertdialog").getByRole("button", { name: "Discard changes" }).click();
    await page.getByText("No changes").waitFor();
  });

  it("runs a queued prompt as edited, and offers prompts and files by name", async () => {
    await show("");
    await send("wait: 60");
    await button("Stop").waitFor();
    await send("say: The first words.");
    await button("Edit this message").click();
    await page.getByLabel("Your message, edited").fill("say: The second words.");
    await expectClean(page);
    await page.keyboard.press("Control+Enter");
    await page.getByLabel("Queued messages").getByText("The second words.").waitFor();
    await button("Stop").click();
    await page
      .getByLabel(/^Turn of /)
      .getByText("The second words.")
      .first()
      .waitFor();
    expect(await page.getByText("The first words.").count()).toBe(0);
    const field = page.getByRole("textbox", { name: "Your message", exact: true });
    await field.pressSequentially("Read @sr");
    await page.getByRole("option", { name: /^src\// }).waitFor();
    await expectClean(page);
    await field.press("Enter");
    await page.getByRole("option", { name: /^links\.js/ }).click();
    await field.press("Escape");
    expect(await field.inputValue()).toBe("Read @src/links.js ");
    await field.fill("");
  });

  it("shows older entries above, with the reader's place kept", async () => {
    id = await makeConversation({ executor: "echo" });
    for (let n = 0; n < 45; n += 1) {
      await api(`conversations/${id}/messages`, { clientId: `n-${n}`, content: `Number ${n}` });
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await show("");
    await page.getByText("Number 44").first().waitFor();
    expect(await page.getByText("Number 0", { exact: true }).count()).toBe(0);
    await button("Show older entries").waitFor();
    const first = page.getByRole("article").first();
    await page
      .getByLabel("Transcript")
      .first()
      .evaluate((element) => {
        element.scrollTop = 0;
      });
    await button("Jump to latest").waitFor();
    const older = await first.elementHandle();
    const placeOf = () => older?.evaluate((element) => Math.round(element.getBoundingClientRect().top));
    const place = await placeOf();
    await button("Show older entries").click();
    await page.getByText("Number 0", { exact: true }).first().waitFor();
    expect(Math.abs(((await placeOf()) ?? 0) - (place ?? 0))).toBeLessThanOrEqual(1);
    expect(ada.errors).toEqual([]);
  });

  it("finds words in messages, marks them in both themes, and goes to where they are", async () => {
    const place = (words: string) => page.locator("[data-sought]").getByText(words, { exact: true });
    await page.goto(`${server.origin}/conversations`);
    await page.getByRole("searchbox").fill("numb 3");
    await page.getByRole("searchbox").press("Enter");
    await page.getByText("Nothing matches").waitFor();
    await page.getByRole("searchbox").fill("number 0");
    await page.getByRole("searchbox").press("Enter");
    const row = page
      .getByRole("main")
      .getByRole("link")
      .filter({ has: page.locator("mark") });
    await row.waitFor();
    expect(await row.locator("mark").allTextContents()).toContain("Number");
    for (const theme of ["light", "dark"]) {
      await page.evaluate((one) => document.documentElement.setAttribute("data-theme", one), theme);
      await expectClean(page);
    }
    await row.click();
    await page.waitForURL(/\?at=\d+$/);
    await place("Number 0").waitFor();
    expect(await page.getByText("Number 0", { exact: true }).last().evaluate(isInView)).toBe(true);
    await page.keyboard.press("Control+k");
    const field = page.getByRole("dialog").getByRole("combobox");
    await field.fill("number 7");
    const hit = page.getByRole("option").filter({ has: page.locator("mark") });
    await hit.first().waitFor();
    await expectClean(page);
    await ada.context.setOffline(true);
    await field.fill("settings");
    await page.getByRole("option", { name: "Settings" }).waitFor();
    await ada.context.setOffline(false);
    await field.fill("number 8");
    await hit.filter({ hasText: "8" }).first().click();
    await place("Number 8").waitFor();
    await page.reload();
    await place("Number 8").waitFor();
    expect(ada.errors).toEqual([]);
  });
});

describe("export", () => {
  it("CV30 gives the log as a file that verifies, and is refused after one changed byte", async () => {
    await show("");
    await button("More actions").click();
    for (const name of ["Markdown", "HTML"]) await page.getByRole("menuitem", { name: `Export as ${name}` }).waitFor();
    await expectClean(page);
    const started = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Export as JSON lines" }).click();
    const download = await started;
    expect(download.suggestedFilename()).toMatch(/^[a-z0-9-]+\.jsonl$/);
    await page.getByRole("menu").waitFor({ state: "detached" });
    const directory = mkdtempSync(join(tmpdir(), "quayside-export-"));
    try {
      const file = join(directory, "conversation.jsonl");
      await download.saveAs(file);
      const script = join(import.meta.dirname, "..", "..", "scripts", "verify-export.mjs");
      const verify = () => spawnSync(process.execPath, [script, file], { encoding: "utf8" });
      expect(verify()).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^\d+ events, chain whole, digest \w{64}\n$/),
      });
      writeFileSync(file, readFileSync(file, "utf8").replace("Number 7", "Number 8"));
      expect(verify()).toMatchObject({ status: 1, stderr: expect.stringMatching(/^line \d+: changed/) });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe("settings", () => {
  it("adds a provider, uses its model, and a failure of it can be run again", async () => {
    await page.goto(`${server.origin}/settings/models`);
    await button("Add a provider").click();
    await page.getByLabel("Kind").selectOption("openai_compatible");
    await page.getByLabel("Name", { exact: true }).fill("Fake");
    await page.getByLabel("Short name").fill("fake");
    await page.getByLabel("Base URL").fill(model.url);
    await button("Check the connection").click();
    await page.getByText(/^Reached in/).waitFor();
    await button("Use the listed models").click();
    await button("Save").click();
    await page.getByText("fake/tiny").first().waitFor();
    id = await makeConversation({ model: "fake/tiny" });
    await show("");
    await send("Hello");
    const turns = page.getByLabel(/^Turn of /);
    await turns.first().getByText("The fake model says hello.").waitFor();
    await turns.first().getByText("fake/tiny").waitFor();
    model.fail(true);
    await send("Once more");
    await turns.nth(1).getByRole("alert").first().waitFor();
    await expectClean(page);
    model.fail(false);
    await turns.nth(1).getByRole("button", { name: "Run again" }).click();
    await turns.nth(2).getByText("The fake model says hello.").waitFor();
  });

  it("says at the field what is wrong with a clone URL", async () => {
    await page.goto(`${server.origin}/settings/repositories`);
    const field = page.getByLabel("Clone URL");
    await field.fill("https://ada:secret@git.example.com/team/project.git");
    await button("Add").click();
    await page.getByText("This must not hold a user name or password.").waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await expectClean(page);
    expect(ada.errors).toEqual([]);
  });
});
