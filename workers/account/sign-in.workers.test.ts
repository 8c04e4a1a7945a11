import { afterEach, describe, expect, it, vi } from "vitest";
import type { ProblemDocument } from "#contract/problem";
import { Browser, localEnv } from "../shared/testing/browser.ts";
import { testEnv } from "../shared/testing/world.ts";
import { APP, invite, mailedSecret, mailsTo, makeOrg, newEmail, PASSWORD, signUp } from "./testing/people.ts";

const env = localEnv();
const withoutMail = localEnv({ MAIL: "off" });
const wrong = { code: "unauthenticated", detail: "The e-mail address or the password is wrong." };

afterEach(() => vi.restoreAllMocks());

const signIn = (browser: Browser, email: string, password = PASSWORD) =>
  browser.json<ProblemDocument>("POST", `${APP}/session`, { email, password });

describe("registering with a password", () => {
  it("mails a link, which signs in once, and the password works from then on", async () => {
    const browser = new Browser(env);
    const email = newEmail();
    const asked = await browser.json("POST", `${APP}/register`, { email, name: "Ada", password: PASSWORD });
    expect(asked).toMatchObject({ status: 200, body: { next: "check_mail" } });
    expect(await signIn(browser, email)).toMatchObject({ status: 401, body: wrong });
    const token = await mailedSecret(email, "verify");
    expect((await browser.json("POST", `${APP}/verify`, { token })).status).toBe(200);
    expect((await browser.json("GET", `${APP}/session`)).body).toMatchObject({ account: { email, name: "Ada" } });
    expect((await browser.json("POST", `${APP}/verify`, { token })).status).toBe(404);
    expect((await signIn(new Browser(env), email)).status).toBe(200);
    expect((await signIn(new Browser(env), email.toUpperCase())).status).toBe(200);
  });

  it("lets nobody set the password of an address before its owner confirms their own", async () => {
    const email = newEmail();
    const register = (password: string) =>
      new Browser(env).json("POST", `${APP}/register`, { email, name: "Ada", password });
    await register("the password of a thief");
    await register(PASSWORD);
    await new Browser(env).json("POST", `${APP}/verify`, { token: await mailedSecret(email, "verify") });
    expect((await signIn(new Browser(env), email, "the password of a thief")).status).toBe(401);
    expect((await signIn(new Browser(env), email)).status).toBe(200);
  });

  it("answers the same, after the same work, whether or not an address has an account", async () => {
    const known = await signUp(new Browser(env));
    const unknown = newEmail();
    const derive = vi.spyOn(Object.getPrototypeOf(crypto.subtle) as SubtleCrypto, "deriveBits");
    const tried = async (path: string, body: object) => {
      derive.mockClear();
      const { status, body: answer } = await new Browser(env).json<object>("POST", `${APP}${path}`, body);
      return { status, answer: { ...answer, requestId: "" }, derived: derive.mock.calls.length };
    };
    for (const [path, body] of [
      ["/session", { password: "not the password" }],
      ["/password/forgotten", {}],
      ["/register", { name: "Ada", password: PASSWORD }],
    ] as const) {
      const [one, other] = [
        await tried(path, { email: known, ...body }),
        await tried(path, { email: unknown, ...body }),
      ];
      expect({ path, ...one }).toEqual({ path, ...other });
      expect({ path, derived: one.derived }).toEqual({ path, derived: path === "/password/forgotten" ? 0 : 6 });
    }
    expect(await mailsTo(known)).toEqual([
      "Confirm your e-mail address",
      "Set a new password",
      "You have an account already",
    ]);
    expect(await mailsTo(unknown)).toEqual(["Confirm your e-mail address"]);
  });

  it("refuses weak passwords, unknown fields and bad addresses at their field", async () => {
    const good = { email: newEmail(), name: "Ada", password: PASSWORD };
    const fieldOf = async (body: object) =>
      (await new Browser(env).json<ProblemDocument>("POST", `${APP}/register`, body)).body.fields?.[0]?.field;
    expect(await fieldOf({ ...good, password: "short" })).toBe("password");
    expect(await fieldOf({ ...good, password: "qwertyuiop1234" })).toBe("password");
    expect(await fieldOf({ ...good, password: good.email })).toBe("password");
    expect(await fieldOf({ ...good, email: "nobody" })).toBe("email");
    expect(await fieldOf({ ...good, role: "owner" })).toBe("(body)");
    expect(await mailsTo(good.email)).toEqual([]);
  });

  it("waits for an administrator where no mail is sent", async () => {
    const admin = new Browser(env);
    await signUp(admin);
    const org = await makeOrg(admin);
    const email = newEmail();
    const register = () =>
      new Browser(withoutMail).json<ProblemDocument>("POST", `${APP}/register`, {
        ...{ email, name: "Bo", password: PASSWORD, org: org.slug },
      });
    expect(await register()).toMatchObject({ status: 403, body: { code: "forbidden", reason: "not_admitted" } });
    expect((await admin.json("PATCH", `${org.url}/api/org`, { signUp: "open" })).status).toBe(200);
    expect((await register()).body).toEqual({ next: "wait_for_approval" });
    expect((await register()).body).toEqual({ next: "wait_for_approval" });
    const browser = new Browser(withoutMail);
    expect((await signIn(browser, email)).body).toMatchObject({ code: "forbidden", reason: "account_pending" });
    expect((await signIn(browser, email, "not the password")).body).toMatchObject(wrong);
    const waiting = await admin.json<{ items: { id: string }[] }>("GET", `${org.url}/api/members?state=pending`);
    expect(waiting.body.items).toMatchObject([{ email, state: "pending", role: "member" }]);
    await admin.json("PATCH", `${org.url}/api/members/${waiting.body.items[0]?.id}`, { state: "active" });
    expect((await signIn(browser, email)).status).toBe(200);
    expect(await browser.go(`${org.url}/`)).toBe(`${org.url}/`);
    expect((await browser.json("GET", `${org.url}/api/me`)).body).toMatchObject({
      member: { name: "Bo", role: "member" },
    });
  });

  it("takes in by domain who has shown that the address is theirs", async () => {
    const admin = new Browser(env);
    await signUp(admin);
    const org = await makeOrg(admin);
    const policy = { signUp: "domains", signUpDomains: ["example.com"] };
    expect((await admin.json("PATCH", `${org.url}/api/org`, { signUp: "domains" })).body).toMatchObject({
      fields: [{ field: "signUpDomains" }],
    });
    await admin.json("PATCH", `${org.url}/api/org`, policy);
    const other = new Browser(env);
    await signUp(other);
    expect(await other.go(`${org.url}/`)).toBe(`${org.url}/`);
    await admin.json("PATCH", `${org.url}/api/org`, { signUpDomains: ["example.org"] });
    const third = new Browser(env);
    await signUp(third);
    expect(await third.go(`${org.url}/`)).toBe(`${APP}/no-entry?org=${org.slug}`);
  });
});

describe("invitations", () => {
  it("take the invited address in, once, with its role and spaces", async () => {
    const admin = new Browser(env);
    await signUp(admin);
    const org = await makeOrg(admin);
    const space = await admin.json<{ id: string }>("POST", `${org.url}/api/spaces`, {
      name: "Boats",
      visibility: "private",
    });
    const email = newEmail();
    const spaces = [{ spaceId: space.body.id, role: "viewer" }];
    const first = await invite(admin, org, { email });
    const token = await invite(admin, org, { email, role: "admin", spaces });
    const browser = new Browser(env);
    const read = (shown: string) => browser.json<ProblemDocument>("POST", `${APP}/invitations/read`, { token: shown });
    expect((await read(first)).status).toBe(404);
    expect((await read(token)).body).toMatchObject({ org: { slug: org.slug }, email, role: "admin" });
    const register = (changes: object) =>
      browser.json("POST", `${APP}/register`, { email, name: "Bo", password: PASSWORD, invitation: token, ...changes });
    expect(await register({ email: newEmail() })).toMatchObject({
      status: 403,
      body: { fields: [{ field: "email" }] },
    });
    expect((await register({})).status).toBe(200);
    expect((await read(token)).status).toBe(404);
    await browser.go(`${org.url}/`);
    const me = await browser.json<{ member: object }>("GET", `${org.url}/api/me`);
    expect(me.body.member).toMatchObject({ name: "Bo", role: "admin" });
    const seen = await browser.json<{ items: { name: string; myRole: string }[] }>("GET", `${org.url}/api/spaces`);
    expect(seen.body.items.map((one) => [one.name, one.myRole])).toEqual([
      ["Boats", "viewer"],
      ["General", "member"],
      ["Bo", "lead"],
    ]);
  });

  it("are accepted by who has the address already, and by nobody else", async () => {
    const admin = new Browser(env);
    await signUp(admin);
    const org = await makeOrg(admin);
    const [browser, other] = [new Browser(env), new Browser(env)];
    const email = await signUp(browser);
    await signUp(other);
    const token = await invite(admin, org, { email, role: "guest" });
    const accept = (one: Browser) => one.json("POST", `${APP}/invitations/accept`, { token });
    expect((await accept(new Browser(env))).status).toBe(401);
    expect((await accept(other)).status).toBe(403);
    expect(await accept(browser)).toMatchObject({ status: 200, body: { url: `${org.url}/` } });
    expect((await accept(browser)).status).toBe(404);
    expect(await browser.go(`${org.url}/`)).toBe(`${org.url}/`);
  });
});

describe("passwords", () => {
  it("are set anew by a link that was mailed, once, and every session ends", async () => {
    const browser = new Browser(env);
    const email = await signUp(browser);
    await browser.json("POST", `${APP}/password/forgotten`, { email });
    const token = await mailedSecret(email, "reset");
    const reset = (password: string) => new Browser(env).json("POST", `${APP}/password/reset`, { token, password });
    expect(await reset("qwertyuiop1234")).toMatchObject({ status: 400, body: { fields: [{ field: "password" }] } });
    const both = await Promise.all([reset("another tide 8 quay"), reset("another tide 8 quay")]);
    expect(both.map((one) => one.status).sort()).toEqual([200, 404]);
    expect((await browser.json<{ account: unknown }>("GET", `${APP}/session`)).body.account).toBeNull();
    expect((await signIn(new Browser(env), email)).status).toBe(401);
    expect((await signIn(new Browser(env), email, "another tide 8 quay")).status).toBe(200);
  });

  it("can be tried ten times in a quarter of an hour, known or not, from wherever", async () => {
    for (const email of [await signUp(new Browser(env)), newEmail()]) {
      const tries = await Promise.all(Array.from({ length: 14 }, () => signIn(new Browser(env), email, "wrong")));
      expect(tries.map((one) => one.status).sort()).toEqual([...Array(10).fill(401), ...Array(4).fill(429)]);
      const limited = await signIn(new Browser(env), email);
      expect(limited.status).toBe(429);
      expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(limited.headers.get("ratelimit-policy")).toContain("sign-in-email");
    }
  });

  it("are kept as a salted digest that says how it was made", async () => {
    const emails = [await signUp(new Browser(env)), await signUp(new Browser(env))];
    const digests = await Promise.all(
      emails.map((email) =>
        testEnv.DB.prepare("SELECT password_digest AS d FROM accounts WHERE email = ?")
          .bind(email)
          .first<{ d: string }>(),
      ),
    );
    expect(digests[0]?.d).toMatch(/^pbkdf2-sha256\$6x100000\$[\w-]{22}\$[\w-]{43}$/);
    expect(digests[0]?.d).not.toBe(digests[1]?.d);
  });
});
