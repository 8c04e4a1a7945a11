import { type Browser, hostOf } from "../../shared/testing/browser.ts";
import { testEnv } from "../../shared/testing/world.ts";

export const APP = hostOf("app");
export const PASSWORD = "herring tide 7 quay";

let people = 0;
/** An address that nobody has. */
export const newEmail = () => `person-${++people}-${crypto.randomUUID().slice(0, 8)}@example.com`;

/** The secret of the newest link to a page that was mailed to an address. */
export async function mailedSecret(email: string, page: "verify" | "reset" | "invitation"): Promise<string> {
  const mail = await testEnv.DB.prepare("SELECT body FROM dev_mails WHERE recipient = ? ORDER BY id DESC LIMIT 1")
    .bind(email)
    .first<{ body: string }>();
  return secretOf(mail?.body ?? "", page);
}

export async function mailsTo(email: string): Promise<string[]> {
  const { results } = await testEnv.DB.prepare("SELECT subject FROM dev_mails WHERE recipient = ? ORDER BY id")
    .bind(email)
    .all<{ subject: string }>();
  return results.map((one) => one.subject);
}

/** The secret in a link's fragment. */
export function secretOf(text: string, page: string): string {
  const secret = new RegExp(`${APP}/${page}#([\\w.-]+)`).exec(text)?.[1];
  if (!secret) throw new Error(`no link to ${page} in ${text}`);
  return secret;
}

/** Registers with an address of one's own, and confirms it. */
export async function signUp(browser: Browser, name = "Ada"): Promise<string> {
  const email = newEmail();
  const asked = await browser.json("POST", `${APP}/register`, { email, name, password: PASSWORD });
  if (asked.status !== 200) throw new Error(JSON.stringify(asked.body));
  const verified = await browser.json("POST", `${APP}/verify`, { token: await mailedSecret(email, "verify") });
  if (verified.status !== 200) throw new Error(JSON.stringify(verified.body));
  return email;
}

export interface MadeOrg {
  id: string;
  slug: string;
  url: string;
}

/** Makes an org and goes into it. */
export async function makeOrg(browser: Browser): Promise<MadeOrg> {
  const slug = `org-${crypto.randomUUID().slice(0, 12)}`;
  const made = await browser.json<MadeOrg>("POST", `${APP}/orgs`, { slug, name: "Made" });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  await browser.go(`${made.body.url}/`);
  return made.body;
}

/** Invites an address and gives the secret of the link. */
export async function invite(admin: Browser, org: MadeOrg, invited: object): Promise<string> {
  const made = await admin.json<{ link: string }>("POST", `${org.url}/api/invitations`, invited);
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return secretOf(made.body.link, "invitation");
}
