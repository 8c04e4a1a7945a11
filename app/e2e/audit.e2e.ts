import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectClean, launch, makePerson, type Person } from "./browser.ts";
import { makeServer, type Server } from "./server.ts";

let server: Server;
let browser: Browser;
let person: Person;
let page: Page;

beforeAll(async () => {
  server = await makeServer();
  await server.start();
  browser = await launch();
  person = await makePerson(browser);
  page = person.page;
});

afterAll(async () => {
  await browser?.close();
  await server?.end();
});

async function send(method: string, path: string, body?: unknown): Promise<number> {
  const headers = { "content-type": "application/json" };
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  return (await fetch(`${server.origin}/api/${path}`, init)).status;
}

it("an administrator finds who did what, takes it along, and is asked before any of it goes", async () => {
  await page.goto(`${server.origin}/settings/audit`);
  await page.getByText("Nothing yet").waitFor();
  await expectClean(page);
  const provider = { kind: "openai_compatible", name: "Mine", slug: "mine", baseUrl: "http://127.0.0.1:9/v1" };
  expect(await send("POST", "providers", { ...provider, apiKey: "sk-canary-000000" })).toBe(201);
  expect(await send("PATCH", "budgets", { monthMicroUsd: 5_000_000 })).toBe(200);
  expect(await send("DELETE", "providers/prv_0197a0c0f00070008000000000000001")).toBe(404);

  await page.reload();
  const lines = page.locator("ol > li");
  await expect.poll(() => lines.count()).toBe(3);
  await lines.first().getByText("Refused", { exact: true }).waitFor();
  await lines.first().locator("summary").click();
  await lines.first().getByText("provider.remove · Refused (not_found) · let through as 3").waitFor();
  await expectClean(page);

  await page.getByText("Filters", { exact: true }).click();
  await page.getByLabel("What", { exact: true }).selectOption("budget");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/noun=budget/);
  await expect.poll(() => lines.count()).toBe(1);
  await page.getByRole("link", { name: "Clear" }).click();
  await expect.poll(() => lines.count()).toBe(3);

  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export" }).click();
  const text = await readFile(await (await downloading).path(), "utf8");
  expect(text.split("\n")).toHaveLength(8);
  expect(text).not.toContain("canary");

  const kept = page.getByLabel("How long entries are kept");
  await kept.selectOption("365");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Keep them for less time" }).click();
  await page.getByText("Saved.").waitFor();
  await lines.first().getByText("Change how long entries are kept").waitFor();
  expect(await kept.inputValue()).toBe("365");

  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await expectClean(page);
  expect(person.errors).toEqual([]);
});
