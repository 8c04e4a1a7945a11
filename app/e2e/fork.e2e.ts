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
  await page.getByRole("heading", { name: "Two ways", exact: true }).waitFor();
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

it("replays a recording, a failed model included, and says that all is as it was", async () => {
  const { body: made } = await api("conversations", { title: "To be repeated" });
  const origin = `${server.origin}/conversations/${made.id}`;
  await page.goto(origin);
  await send("run: echo once && date +%N > stamp.txt\nsay: That was it.");
  await page.getByText("That was it.").last().waitFor();
  await send("fail: The provider is away");
  await page.getByText("The run failed").last().waitFor();
  const { body: before } = await api(`conversations/${made.id}/files?path=.`);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: /^Replay/ }).click();
  await page.getByRole("heading", { name: "Replay of To be repeated" }).waitFor();
  await page.getByText("Replayed: everything as it was recorded.").waitFor();
  await page.getByText("The run failed").last().waitFor();
  await expectClean(page);
  expect(await transcriptOf(page)).toContain("echo once");
  const list = await api("conversations");
  const replayed = list.body.items.find((one: { title: string }) => one.title === "Replay of To be repeated");
  const { body: copy } = await api(`conversations/${replayed.id}`);
  expect(copy.head.sandbox.state).toBe("none");
  expect((await api(`conversations/${made.id}/files?path=.`)).body).toEqual(before);
  const recording = await (await fetch(`${server.origin}/api/conversations/${made.id}/recording`)).text();
  const lines = recording.trim().split("\n");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ type: "recording", conversationId: made.id });
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual({ type: "end", runs: 2 });
});

it("describes its API as it is built", async () => {
  const response = await fetch(`${server.origin}/openapi.json`);
  expect(response.status).toBe(200);
  const { paths } = await response.json();
  expect(Object.keys(paths)).toContain("/api/conversations/{id}/fork");
});
