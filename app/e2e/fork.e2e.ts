import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectClean, launch, makePerson, transcriptOf } from "./browser.ts";
import { makeServer, type Server } from "./server.ts";

let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  server = await makeServer();
  await server.start();
  browser = await launch();
  page = (await makePerson(browser)).page;
});

afterAll(async () => {
  await browser?.close();
  await server?.end();
});

async function api(path: string, body?: unknown) {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${server.origin}/api/${path}`, body === undefined ? {} : init);
  return { status: response.status, body: await response.json() };
}

async function send(words: string): Promise<void> {
  await page.getByRole("textbox", { name: "Your message", exact: true }).fill(words);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

const fork = () => page.getByRole("dialog").getByRole("button", { name: "Fork", exact: true });

it("forks a conversation at the end of a turn, and both go on by themselves", async () => {
  const { body: made } = await api("conversations", { title: "Two ways" });
  const origin = `${server.origin}/conversations/${made.id}`;
  await page.goto(origin);
  await send("say: The first way.");
  await page.getByText("The first way.").last().waitFor();
  await send("say: The second way.");
  await page.getByText("The second way.").last().waitFor();
  const turn = page.getByRole("article", { name: /Turn of/ }).first();
  await turn.hover();
  await turn.getByRole("button", { name: "Fork from here" }).click();
  await page.getByRole("dialog", { name: "Fork from here" }).waitFor();
  await expectClean(page);
  await page.getByLabel("Title", { exact: true }).fill("Another way");
  await fork().click();
  await page.getByRole("heading", { name: "Another way" }).waitFor();
  const inherited = await transcriptOf(page);
  expect(inherited).toContain("The first way.");
  expect(inherited).not.toContain("The second way.");
  expect(inherited).toContain("Forked from Two ways");
  await expectClean(page);
  await send("say: A third way.");
  await page.getByText("A third way.").last().waitFor();
  await page.reload();
  expect(await transcriptOf(page)).toContain("A third way.");
  await page.setViewportSize({ width: 390, height: 844 });
  await expectClean(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("link", { name: "Two ways", exact: true }).last().click();
  await page.waitForURL(origin);
  const kept = await transcriptOf(page);
  expect(kept).toContain("The second way.");
  expect(kept).not.toContain("A third way.");
});

it("forks from the menu, and says what is wrong where it cannot", async () => {
  const { body: made } = await api("conversations", { title: "Gone soon" });
  await page.goto(`${server.origin}/conversations/${made.id}`);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: /^Fork/ }).click();
  await page.route("**/fork", (route) => route.abort());
  await fork().click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.unroute("**/fork");
  await fork().click();
  await page.getByRole("heading", { name: "Gone soon (fork)" }).waitFor();
  const { body: list } = await api("conversations");
  expect(list.items.filter((one: { title: string }) => one.title === "Gone soon (fork)")).toHaveLength(1);
});
