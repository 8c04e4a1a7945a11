import { expect } from "vitest";
import type { ProblemDocument } from "#contract/problem";
import { Browser, localEnv } from "../../shared/testing/browser.ts";
import { APP, invite, type MadeOrg, makeOrg, signUp } from "./people.ts";

const env = localEnv();

/** Somebody who has made an org of their own, and is on its host. */
export async function owner(): Promise<{ browser: Browser; org: MadeOrg; email: string }> {
  const browser = new Browser(env);
  const email = await signUp(browser);
  return { browser, org: await makeOrg(browser), email };
}

/** Somebody who is in an org by an invitation, and on its host. */
export async function joined(
  admin: Browser,
  org: MadeOrg,
  invited: object = {},
): Promise<{ browser: Browser; id: string }> {
  const browser = new Browser(env);
  const email = await signUp(browser, "Bo");
  const token = await invite(admin, org, { email, ...invited });
  await browser.json("POST", `${APP}/invitations/accept`, { token });
  await browser.go(`${org.url}/`);
  const me = await browser.json<{ member: { id: string } }>("GET", `${org.url}/api/me`);
  return { browser, id: me.body.member.id };
}

export async function conversation(browser: Browser, org: MadeOrg, body: object = {}): Promise<string> {
  const made = await browser.json<{ id: string }>("POST", `${org.url}/api/conversations`, {
    executor: "noop",
    ...body,
  });
  expect(made.status).toBe(201);
  return made.body.id;
}

/** The socket of a conversation, and the code it was closed with. */
export async function socketOf(browser: Browser, org: MadeOrg, id: string): Promise<{ closed: () => number | null }> {
  const answer = await browser.fetch(`${org.url}/api/conversations/${id}/socket`, {
    headers: { upgrade: "websocket" },
  });
  expect(answer.status).toBe(101);
  let code: number | null = null;
  answer.webSocket?.addEventListener("close", (event) => {
    code = event.code;
  });
  answer.webSocket?.accept();
  return { closed: () => code };
}

/** Waits for a socket that is closed because what it was opened with is over. */
export const within5s = (read: () => number | null) => expect.poll(read, { timeout: 5_000 }).toBe(4401);
export const meOf = (browser: Browser, org: MadeOrg) => browser.json<ProblemDocument>("GET", `${org.url}/api/me`);
