import { spawnSync } from "node:child_process";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectClean, launch, makePerson, type Person } from "./browser.ts";
import { makeServer, type Server } from "./server.ts";

/* The real binary, fetched by the product itself where no earlier run has left it. */
let server: Server;
let browser: Browser;
let ada: Person;
let ben: Person;
let id: string;

beforeAll(async () => {
  server = await makeServer();
  await server.start();
  browser = await launch();
  [ada, ben] = await Promise.all([
    makePerson(browser),
    makePerson(browser, { viewport: { width: 390, height: 844 }, hasTouch: true }),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await server?.end();
});

async function api(path: string, body?: unknown) {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${server.origin}/api/${path}`, body === undefined ? {} : init);
  const text = await response.text();
  expect(response.ok, text).toBe(true);
  return text === "" ? null : JSON.parse(text);
}

const snapshot = () => api(`conversations/${id}`);
/** The run waits for people and its sandbox is let go. */
const waitsFor = async (reason: string) => {
  const { head, runs } = await snapshot();
  return head.sandbox.state === "ready" && runs.at(-1).status === "waiting" && runs.at(-1).waitingFor === reason;
};
const runIs = async (status: string) => (await snapshot()).runs.at(-1)?.status === status;
const items = async () =>
  (await snapshot()).items.map((one: { title: string; text: string; status: string }) => [
    one.title || one.text,
    one.status,
  ]);

async function until(holds: () => Promise<boolean>, seconds = 60): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; !(await holds()); ) {
    if (Date.now() > end)
      throw new Error(
        `it did not come to pass: ${JSON.stringify([await items(), (await snapshot()).runs.at(-1), (await snapshot()).head.approvals])}\n${server.output()}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Presses the first of these buttons until it is gone: one that is pressed before the page has its script does nothing. */
async function press({ page }: Person, name: RegExp): Promise<void> {
  const button = page.getByRole("button", { name }).first();
  await button.waitFor();
  for (let tries = 0; tries < 10 && (await button.isVisible()); tries += 1) {
    await button.click({ timeout: 5_000 }).catch(() => undefined);
    await page.waitForTimeout(500);
  }
}

const running = (pattern: string) => spawnSync("pgrep", ["-f", pattern]).status === 0;
const SCRIPT = [
  "write notes/hello.txt:\n```\nHello\n```",
  "run: git push origin main",
  "ask: Which colour? | red | blue",
  "run: cat notes/hello.txt",
  "say: all done",
].join("\n");

describe("OpenCode", () => {
  it("works from the page, asks a second browser, and goes on in the same session after its sandbox was stopped", async () => {
    const { page } = ada;
    await page.goto(`${server.origin}/conversations/new`);
    await page.getByLabel("Engine").selectOption("opencode");
    await page.getByLabel("OpenCode's agent").selectOption("build");
    await expectClean(page);
    await page.getByRole("textbox", { name: "What should be done?" }).fill(SCRIPT);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.waitForURL(/conversations\/cnv_/);
    id = page.url().split("/").at(-1) ?? "";
    await until(() => waitsFor("approval"), 240);
    await api(`conversations/${id}/sandbox/stop`, {});
    await ben.page.goto(`${server.origin}/conversations/${id}`);
    await press(ben, /^Approve/);
    await until(() => waitsFor("question"));
    await api(`conversations/${id}/sandbox/stop`, {});
    await press(ada, /blue/);
    await until(() => runIs("succeeded"));
    const seen = await items();
    expect(seen).toContainEqual(["Write notes/hello.txt", "completed"]);
    expect(seen.filter(([title]: string[]) => title === "Write notes/hello.txt")).toHaveLength(1);
    expect(seen).toContainEqual(["Which colour?", "completed"]);
    expect(seen).toContainEqual(["Run cat notes/hello.txt", "completed"]);
    expect((await snapshot()).head.usage.inputTokens).toBeGreaterThan(0);
    await expectClean(page);
    await expectClean(ben.page);
    expect([...ada.errors, ...ben.errors]).toEqual([]);
  }, 300_000);

  it("is steered while it works, and stopped within two seconds with every process of it", async () => {
    await api(`conversations/${id}/messages`, {
      clientId: "long",
      content: "run: sleep 71717 & sleep 71718\nsay: never",
    });
    await until(async () => running("^sleep 7171"));
    await api(`conversations/${id}/messages`, { clientId: "more", content: "say: steered", mode: "steer" });
    const runId = (await snapshot()).runs.at(-1).id;
    const began = Date.now();
    await api(`conversations/${id}/runs/${runId}/cancel`, {});
    await until(async () => !running("^sleep 7171"), 5);
    expect(Date.now() - began).toBeLessThan(2_000);
    expect(await runIs("cancelled")).toBe(true);
    await api(`conversations/${id}/messages`, { clientId: "again", content: "say: still here" });
    await until(() => runIs("succeeded"));
    expect(JSON.stringify(await items())).toContain("still here");
  });

  it("keeps no token, password or state of its own in what people see or commit", async () => {
    const { events } = await api(`conversations/${id}/events?limit=500`);
    expect(JSON.stringify(events)).not.toMatch(/eyJhbGciOiJIUzI1NiJ9|OPENCODE_SERVER_PASSWORD/);
    const { files } = await api(`conversations/${id}/changes`);
    expect(files.map((one: { path: string }) => one.path)).toEqual(["notes/hello.txt"]);
    expect(server.output()).not.toMatch(/eyJhbGciOiJIUzI1NiJ9/);
  });
});
