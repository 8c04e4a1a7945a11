import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { id } from "./fixtures.ts";

/**
 * Photographs every page at two widths in both themes and asks axe about it:
 * `node app/testing/shots.ts <url> <folder> [name…]`.
 */
const [base = "http://localhost:4173", folder = ".", ...only] = process.argv.slice(2);
const FINISHED = `/conversations/${id("cnv", 1)}`;
const RUNNING = `/conversations/${id("cnv", 2)}`;

interface Shot {
  name: string;
  path: string;
  empty?: boolean;
  contrast?: boolean;
  act?: (page: Page) => Promise<void>;
}

const top = async (page: Page) => {
  await page.locator("section[aria-label=Transcript]").evaluate((element) => {
    element.scrollTop = 0;
  });
  await page.waitForTimeout(100);
};

const SHOTS: Shot[] = [
  { name: "list", path: "/" },
  { name: "list-empty", path: "/conversations", empty: true },
  { name: "new", path: "/conversations/new" },
  { name: "new-empty", path: "/conversations/new", empty: true },
  { name: "finished", path: FINISHED },
  {
    name: "finished-open",
    path: FINISHED,
    act: async (page) => {
      for (const kind of ["reasoning", "file_change", "command", "tool_call"])
        await page.locator(`details[data-kind=${kind}] summary`).first().click();
      await top(page);
    },
  },
  { name: "running", path: RUNNING },
  {
    name: "offline",
    path: RUNNING,
    act: async (page) => {
      await page.context().setOffline(true);
      await page.getByRole("textbox", { name: "Your message" }).fill("Are you there?");
      await page.keyboard.press("Enter");
      await page.waitForTimeout(200);
    },
  },
  { name: "contrast", path: FINISHED, contrast: true, act: top },
  { name: "fresh", path: `/conversations/${id("cnv", 3)}` },
  {
    name: "typed",
    path: `/conversations/${id("cnv", 3)}`,
    act: async (page) => {
      await page.getByRole("textbox", { name: "Your message" }).fill("Say hello.\nThen wait.");
      await page.keyboard.press("Enter");
      await page.waitForTimeout(600);
    },
  },
  {
    name: "changes",
    path: `${FINISHED}?tab=changes&file=src/greet.js`,
    act: async (page) => {
      await page.waitForSelector(".cm-content");
      await page.getByRole("button", { name: "Push 1" }).click();
      await page.waitForTimeout(300);
    },
  },
  { name: "files", path: `${FINISHED}?tab=files` },
  { name: "file", path: `${FINISHED}?tab=files&file=src/greet.js` },
  { name: "terminal", path: `${FINISHED}?tab=terminal` },
  { name: "run", path: `${FINISHED}?tab=run` },
  { name: "palette", path: "/conversations", act: (page) => page.keyboard.press("Control+k") },
  { name: "shortcuts", path: "/conversations", act: (page) => page.keyboard.press("?") },
  { name: "settings", path: "/settings" },
  { name: "models", path: "/settings/models" },
  {
    name: "models-add",
    path: "/settings/models",
    act: async (page) => {
      await page.getByRole("button", { name: "Add a provider" }).click();
      await page.getByRole("button", { name: "Use Ollama on this machine" }).click();
      await page.getByRole("button", { name: "Check the connection" }).first().click();
      await page.waitForTimeout(300);
    },
  },
  { name: "repositories", path: "/settings/repositories" },
  { name: "missing", path: "/nowhere" },
  { name: "missing-conversation", path: `/conversations/${id("cnv", 999)}` },
];

const CASES = [
  { name: "wide-light", width: 1440, height: 900, theme: "light" },
  { name: "wide-dark", width: 1440, height: 900, theme: "dark" },
  { name: "narrow-light", width: 390, height: 844, theme: "light" },
  { name: "narrow-dark", width: 390, height: 844, theme: "dark" },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
  ],
});
let bad = 0;
for (const one of CASES) for (const shot of SHOTS) if (wanted(shot, one.name)) bad += await take(browser, shot, one);
await browser.close();
process.stdout.write(`${bad} findings\n`);
process.exitCode = bad ? 1 : 0;

function wanted(shot: Shot, name: string): boolean {
  return only.length === 0 || only.some((one) => one === shot.name || one === `${shot.name}-${name}`);
}

async function take(browser: Browser, shot: Shot, one: (typeof CASES)[number]): Promise<number> {
  const context = await browser.newContext({ viewport: { width: one.width, height: one.height } });
  await context.addCookies([
    { name: "qs_theme", value: one.theme, url: base },
    ...(shot.contrast ? [{ name: "qs_contrast", value: "high", url: base }] : []),
    ...(shot.empty ? [{ name: "fake", value: "empty", url: base }] : []),
  ]);
  const page = await context.newPage();
  const findings: string[] = [];
  page.on("pageerror", (error) => findings.push(`error: ${error.message}`));
  page.on("console", (line) => {
    if (line.type() === "error" && !/^(?:Failed to load resource|WebSocket connection)/.test(line.text()))
      findings.push(`console: ${line.text()}`);
  });
  await page.goto(`${base}${shot.path}`);
  await page.waitForTimeout(500);
  await shot.act?.(page);
  await page.waitForTimeout(400);
  await page.screenshot({ path: `${folder}/${shot.name}-${one.name}.png` });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) findings.push(`overflows by ${overflow} px`);
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const rule of violations)
    findings.push(
      `axe ${rule.id}: ${rule.nodes.map((node) => `${node.target.join(" ")} | ${node.html.slice(0, 160)}`).join("\n      ")}`,
    );
  for (const words of findings) process.stdout.write(`${shot.name} ${one.name}: ${words}\n`);
  await context.close();
  return findings.length;
}
