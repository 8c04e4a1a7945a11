import AxeBuilder from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

const ARGS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

export function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ARGS });
}

/** A browser of its own for one person; errors in the page are collected. */
export interface Person {
  context: BrowserContext;
  page: Page;
  errors: string[];
}

export async function makePerson(
  browser: Browser,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Person> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  return { context, page, errors };
}

/** The transcript as people read it, without the times, which change by themselves. */
export async function transcriptOf(page: Page): Promise<string> {
  const text = await page
    .getByLabel("Transcript")
    .first()
    .evaluate((place) => {
      const times = [...place.querySelectorAll("time")];
      for (const time of times) time.style.display = "none";
      const shown = (place as HTMLElement).innerText;
      for (const time of times) time.style.display = "";
      return shown;
    });
  return text.replace(/\s+/g, " ").trim();
}

/** Axe has nothing to say, and nothing sticks out sideways. */
export async function expectClean(page: Page): Promise<void> {
  await page.evaluate(() => {
    const passing = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    return Promise.allSettled(passing.map((one) => one.finished)).then(() => undefined);
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual(
    [],
  );
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}
