import { describe, expect, it } from "vitest";
import type { ProblemDocument } from "#contract/problem";
import { ensureFirstAdmin } from "#platform/first-admin";
import { Browser, hostOf, localEnv } from "../shared/testing/browser.ts";
import { makeWorld, testEnv } from "../shared/testing/world.ts";
import { conversation, joined, meOf, owner, socketOf, within5s } from "./testing/members.ts";
import { APP, newEmail, PASSWORD, secretOf, signUp } from "./testing/people.ts";

const env = localEnv();
const SESSION = "quayside_session";

describe("sessions", () => {
  it("are of one host, unreadable for scripts, and stored by their digest", async () => {
    const { browser, org } = await owner();
    const hosts = [APP, org.url].map((url) => new URL(url).host);
    const tokens = hosts.map((host) => browser.cookies(host)[SESSION] ?? "");
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
    const dump = JSON.stringify((await testEnv.DB.prepare("SELECT * FROM sessions").all()).results);
    for (const token of tokens) expect(dump).not.toContain(token);
    const again = await new Browser(env).fetch(`${org.url}/`, { headers: { accept: "text/html" } });
    expect(again.headers.getSetCookie().join()).toMatch(/HttpOnly; SameSite=Lax/);
    expect(again.headers.getSetCookie().join()).not.toMatch(/domain=/i);
    const production = localEnv({ ENVIRONMENT: "production", BASE: "quayside.example", SANDBOX_DRIVER: "cloudflare" });
    const secure = await new Browser(production).fetch(`https://${org.slug}.quayside.example/`, {
      headers: { accept: "text/html" },
    });
    expect(secure.headers.getSetCookie().join()).toMatch(/^__Host-quayside_begun=.*Path=\/; .*Secure/);
  });

  it("of one org are nothing on another's host, nor on that of the sign-in", async () => {
    const [mine, theirs] = [await owner(), await owner()];
    const own = mine.browser.cookies(new URL(mine.org.url).host);
    const thief = new Browser(env);
    for (const host of [theirs.org.url, APP]) thief.plant(new URL(host).host, own);
    expect((await meOf(thief, theirs.org)).status).toBe(401);
    expect((await thief.json<{ account: unknown }>("GET", `${APP}/session`)).body.account).toBeNull();
    thief.plant(new URL(theirs.org.url).host, mine.browser.cookies(new URL(APP).host));
    expect((await meOf(thief, theirs.org)).status).toBe(401);
    expect(await mine.browser.go(`${theirs.org.url}/`)).toBe(`${APP}/no-entry?org=${theirs.org.slug}`);
  });

  it("begin anew at every sign-in: one that was planted before is not taken over", async () => {
    const { email, org } = await owner();
    const browser = new Browser(env);
    browser.plant(new URL(APP).host, { [SESSION]: "a".repeat(43) });
    await browser.json("POST", `${APP}/session`, { email, password: PASSWORD });
    expect(browser.cookies(new URL(APP).host)[SESSION]).not.toBe("a".repeat(43));
    const old = new Browser(env);
    old.plant(new URL(APP).host, { [SESSION]: "a".repeat(43) });
    expect(await old.go(`${org.url}/`)).toContain(`${APP}/sign-in`);
  });

  it("are handed over only to the browser that began, once, and to the host they are for", async () => {
    const [mine, theirs] = [await owner(), await owner()];
    const fresh = new Browser(env);
    const toApp = (await fresh.fetch(`${mine.org.url}/c/1?a=b`, { headers: { accept: "text/html" } })).headers.get(
      "location",
    );
    const toOrg = (await mine.browser.fetch(toApp ?? "")).headers.get("location") ?? "";
    expect(new URL(toOrg).searchParams.get("to")).toBe("/c/1?a=b");
    const victim = new Browser(env);
    await victim.fetch(toOrg);
    expect((await meOf(victim, mine.org)).status).toBe(401);
    await fresh.fetch(toOrg);
    expect((await meOf(fresh, mine.org)).status).toBe(401);
    const elsewhere = (await mine.browser.fetch(toApp ?? "")).headers
      .get("location")
      ?.replace(mine.org.slug, theirs.org.slug);
    await fresh.fetch(elsewhere ?? "");
    expect((await meOf(fresh, theirs.org)).status).toBe(401);
    const right = (await mine.browser.fetch(toApp ?? "")).headers.get("location") ?? "";
    expect((await fresh.fetch(right)).headers.get("location")).toBe("/c/1?a=b");
    expect((await meOf(fresh, mine.org)).status).toBe(200);
    for (const to of ["//evil.example", "/\\evil.example", "https://evil.example", "/\tx"]) {
      const sent = await mine.browser.fetch(`${APP}/enter?${new URLSearchParams({ org: mine.org.slug, to })}`);
      expect(new URL(sent.headers.get("location") ?? "").href).toBe(`${mine.org.url}/`);
    }
  });

  it("are not used by other sites", async () => {
    const { browser, org } = await owner();
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: APP, "sec-fetch-site": "same-site" },
    ];
    for (const headers of foreign) {
      const json = { "content-type": "application/json", ...headers };
      const made = await browser.fetch(`${org.url}/api/spaces`, {
        method: "POST",
        body: '{"name":"x"}',
        headers: json,
      });
      expect({ headers, status: made.status }).toEqual({ headers, status: 403 });
      const out = await browser.fetch(`${APP}/session`, {
        method: "DELETE",
        headers: { ...headers, origin: "https://evil.example" },
      });
      expect(out.status).toBe(403);
      const socket = await browser.fetch(`${org.url}/api/conversations/x/socket`, {
        headers: { upgrade: "websocket", ...headers },
      });
      expect(socket.status).toBe(403);
    }
    expect((await meOf(browser, org)).status).toBe(200);
  });

  it("are listed, and one that is revoked ends everywhere, its sockets within five seconds", async () => {
    const { browser, org, email } = await owner();
    const other = new Browser(env);
    await other.json("POST", `${APP}/session`, { email, password: PASSWORD });
    await other.go(`${org.url}/`);
    const id = await conversation(browser, org);
    const [mine, theirs] = [await socketOf(browser, org, id), await socketOf(other, org, id)];
    const listed = await browser.json<{ items: { id: string; current: boolean }[] }>(
      "GET",
      `${org.url}/api/account/sessions`,
    );
    expect(listed.body.items.map((one) => one.current).sort()).toEqual([false, true]);
    const another = listed.body.items.find((one) => !one.current)?.id;
    expect((await browser.json("DELETE", `${org.url}/api/account/sessions/${another}`)).status).toBe(204);
    await within5s(theirs.closed);
    expect((await meOf(other, org)).status).toBe(401);
    expect(await other.go(`${org.url}/`)).toContain(`${APP}/sign-in`);
    expect(mine.closed()).toBeNull();
    expect((await meOf(browser, org)).status).toBe(200);
    expect((await browser.json("DELETE", `${org.url}/api/account/sessions/${another}`)).status).toBe(404);
  });

  it("end with a sign-out on any host, and all others with a change of the password", async () => {
    const { browser, org, email } = await owner();
    const other = new Browser(env);
    await other.json("POST", `${APP}/session`, { email, password: PASSWORD });
    await other.go(`${org.url}/`);
    const change = (body: object) => browser.json<ProblemDocument>("POST", `${org.url}/api/account/password`, body);
    const password = "another tide 8 quay";
    expect((await change({ current: "wrong", password })).body.fields?.[0]?.field).toBe("current");
    expect((await change({ current: PASSWORD, password: "quaysidequayside" })).body.fields?.[0]?.field).toBe(
      "password",
    );
    expect((await change({ current: PASSWORD, password })).status).toBe(204);
    expect([(await meOf(browser, org)).status, (await meOf(other, org)).status]).toEqual([200, 401]);
    expect((await browser.json("DELETE", `${org.url}/api/session`)).status).toBe(204);
    expect((await meOf(browser, org)).status).toBe(401);
    expect((await browser.json<{ account: unknown }>("GET", `${APP}/session`)).body.account).toBeNull();
  });
});

describe("members of an org", () => {
  it("lose their sessions, keys and sockets with their membership, and what they wrote stays", async () => {
    const { browser, org } = await owner();
    const bo = await joined(browser, org);
    const id = await conversation(bo.browser, org);
    const key = await bo.browser.json<{ token: string }>("POST", `${org.url}/api/api-keys`, {
      name: "ci",
      scopes: ["read"],
    });
    const socket = await socketOf(bo.browser, org, id);
    expect((await browser.json("DELETE", `${org.url}/api/members/${bo.id}`)).status).toBe(204);
    await within5s(socket.closed);
    expect((await meOf(bo.browser, org)).status).toBe(401);
    expect(await bo.browser.go(`${org.url}/`)).toBe(`${APP}/no-entry?org=${org.slug}`);
    const program = new Browser(env);
    const asked = await program.fetch(`${org.url}/api/me`, { headers: { authorization: `Bearer ${key.body.token}` } });
    expect(asked.status).toBe(401);
    expect((await browser.json("GET", `${org.url}/api/conversations/${id}`)).status).toBe(200);
  });

  it("are what their role says from the next request on, and their sockets come back as that", async () => {
    const { browser, org } = await owner();
    const bo = await joined(browser, org);
    const id = await conversation(browser, org);
    const socket = await socketOf(bo.browser, org, id);
    const change = (memberId: string, body: object) =>
      browser.json<ProblemDocument>("PATCH", `${org.url}/api/members/${memberId}`, body);
    expect((await bo.browser.json("GET", `${org.url}/api/org`)).status).toBe(403);
    await change(bo.id, { role: "admin" });
    await within5s(socket.closed);
    expect((await bo.browser.json("GET", `${org.url}/api/org`)).status).toBe(200);
    const own = await meOf(browser, org);
    const me = (own.body as unknown as { member: { id: string } }).member.id;
    const up = await bo.browser.json<ProblemDocument>("PATCH", `${org.url}/api/members/${me}`, { role: "member" });
    expect(up).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await change(me, { role: "member" })).body).toMatchObject({ code: "conflict" });
    expect((await browser.json("DELETE", `${org.url}/api/members/${me}`)).status).toBe(409);
    await change(bo.id, { role: "owner" });
    const both = await Promise.all([
      change(me, { role: "member" }),
      bo.browser.json("PATCH", `${org.url}/api/members/${bo.id}`, { role: "member" }),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual([200, 409]);
    await change(bo.id, { role: "guest" });
  });

  it("who are suspended are nobody until they are resumed", async () => {
    const { browser, org } = await owner();
    const bo = await joined(browser, org);
    await browser.json("PATCH", `${org.url}/api/members/${bo.id}`, { state: "suspended" });
    expect((await meOf(bo.browser, org)).status).toBe(401);
    expect(await bo.browser.go(`${org.url}/`)).toBe(`${APP}/no-entry?org=${org.slug}`);
    await browser.json("PATCH", `${org.url}/api/members/${bo.id}`, { state: "active" });
    expect(await bo.browser.go(`${org.url}/`)).toBe(`${org.url}/`);
  });

  it("of a space lose what is in it with their place there, and the last lead stays", async () => {
    const { browser, org } = await owner();
    const bo = await joined(browser, org);
    const space = await browser.json<{ id: string }>("POST", `${org.url}/api/spaces`, {
      name: "Boats",
      visibility: "private",
    });
    const path = `${org.url}/api/spaces/${space.body.id}`;
    await browser.json("PUT", `${path}/members/${bo.id}`, { role: "member" });
    const id = await conversation(bo.browser, org, { spaceId: space.body.id });
    const socket = await socketOf(bo.browser, org, id);
    const me = ((await meOf(browser, org)).body as unknown as { member: { id: string } }).member.id;
    expect((await browser.json("DELETE", `${path}/members/${me}`)).status).toBe(409);
    expect((await browser.json("PUT", `${path}/members/${me}`, { role: "viewer" })).status).toBe(409);
    expect((await bo.browser.json("PATCH", path, { name: "Mine" })).status).toBe(403);
    expect((await bo.browser.json("DELETE", `${path}/members/${bo.id}`)).status).toBe(204);
    await within5s(socket.closed);
    expect((await bo.browser.json("GET", path)).status).toBe(404);
    // Whoever began it takes part, wherever it is.
    expect((await bo.browser.json("GET", `${org.url}/api/conversations/${id}`)).status).toBe(200);
  });
});

describe("API keys", () => {
  it("speak for their member within their scopes, on the org's host and at the api's, and nowhere else", async () => {
    const [{ browser, org }, theirs] = [await owner(), await owner()];
    const make = (body: object) =>
      browser.json<{ token: string; key: { id: string } }>("POST", `${org.url}/api/api-keys`, body);
    const made = (await make({ name: "ci", scopes: ["read", "write"] })).body;
    const asked = async (url: string, init: RequestInit & { headers?: Record<string, string> } = {}) => {
      const headers = { ...init.headers, authorization: `Bearer ${made.token}` };
      return (await new Browser(env).fetch(url, { ...init, headers })).status;
    };
    const json = { method: "POST", headers: { "content-type": "application/json" } };
    expect(await asked(`${org.url}/api/me`)).toBe(200);
    expect(await asked(`${hostOf("api")}/api/me`)).toBe(200);
    expect(await asked(`${theirs.org.url}/api/me`)).toBe(401);
    expect(await asked(`${org.url}/api/conversations`, { ...json, body: "{}" })).toBe(201);
    expect(await asked(`${org.url}/api/org`)).toBe(403);
    expect(await asked(`${org.url}/api/api-keys`, { ...json, body: '{"name":"x","scopes":["admin"]}' })).toBe(403);
    const beside = new Browser(env);
    beside.plant(new URL(org.url).host, browser.cookies(new URL(org.url).host));
    const wrong = await beside.fetch(`${org.url}/api/me`, { headers: { authorization: `Bearer ${made.token}x` } });
    expect(wrong.status).toBe(401);
    const dump = JSON.stringify((await testEnv.DB.prepare("SELECT * FROM api_keys").all()).results);
    expect(dump).not.toContain(made.token.slice(40));
    const listed = await browser.json<{ items: object[] }>("GET", `${org.url}/api/api-keys`);
    expect(listed.body.items).toMatchObject([
      { name: "ci", lastFour: made.token.slice(-4), lastUsedAt: expect.any(String) },
    ]);
    await browser.json("DELETE", `${org.url}/api/api-keys/${made.key.id}`);
    expect(await asked(`${org.url}/api/me`)).toBe(401);
    expect((await new Browser(env).fetch(`${hostOf("api")}/api/me`)).status).toBe(401);
  });
});

describe("organisations", () => {
  it("have a name that is checked, held while somebody decides, and taken once", async () => {
    const [one, other] = [new Browser(env), new Browser(env)];
    await signUp(one);
    await signUp(other);
    const check = async (browser: Browser, name: string) =>
      (await browser.json<{ state: string; suggestions: string[] }>("GET", `${APP}/orgs/check?name=${name}`)).body;
    const slug = `held-${crypto.randomUUID().slice(0, 8)}`;
    expect(await check(one, slug)).toEqual({ state: "available", suggestions: [] });
    expect(await check(other, slug)).toMatchObject({
      state: "taken",
      suggestions: [`${slug}-team`, `${slug}-hq`, `${slug}-org`],
    });
    expect((await check(one, "auth")).state).toBe("reserved");
    expect((await check(one, "a!")).state).toBe("invalid");
    const make = (browser: Browser) => browser.json<ProblemDocument>("POST", `${APP}/orgs`, { slug, name: "Held" });
    expect((await make(other)).body).toMatchObject({ code: "conflict", fields: [{ field: "slug" }] });
    const made = await Promise.all([make(one), make(one)]);
    expect(made.map((answer) => answer.status).sort()).toEqual([201, 409]);
    expect((await one.json<{ items: object[] }>("GET", `${APP}/orgs`)).body.items).toMatchObject([
      { slug, role: "owner" },
    ]);
    await one.go(`${hostOf(slug)}/`);
    const begun = await one.json("POST", `${hostOf(slug)}/api/conversations`, { executor: "noop" });
    expect(begun.status).toBe(201);
  });

  it("that are deleted let nobody in, and are taken back by an owner", async () => {
    const { browser, org } = await owner();
    const bo = await joined(browser, org, { role: "admin" });
    expect((await bo.browser.json("DELETE", `${org.url}/api/org?slug=${org.slug}`)).status).toBe(403);
    expect((await browser.json("DELETE", `${org.url}/api/org?slug=other`)).status).toBe(400);
    expect((await browser.json("DELETE", `${org.url}/api/org?slug=${org.slug}`)).status).toBe(204);
    expect((await meOf(browser, org)).status).toBe(404);
    const mine = (one: Browser) =>
      one.json<{ items: { id: string; deletedAt: string | null }[] }>("GET", `${APP}/orgs`);
    expect((await mine(browser)).body.items).toMatchObject([{ id: org.id, deletedAt: expect.any(String) }]);
    expect((await mine(bo.browser)).body.items).toEqual([]);
    expect((await bo.browser.json("POST", `${APP}/orgs/${org.id}/restore`)).status).toBe(404);
    expect((await browser.json("POST", `${APP}/orgs/${org.id}/restore`)).status).toBe(200);
    expect((await meOf(browser, org)).status).toBe(200);
  });

  it("are made by nobody but the administrator where people do not sign up by themselves", async () => {
    const closed = localEnv({ SIGN_UP: "orgs" });
    const email = newEmail();
    const refused = await new Browser(closed).json("POST", `${APP}/register`, {
      email,
      name: "Ada",
      password: PASSWORD,
    });
    expect(refused).toMatchObject({ status: 403, body: { reason: "not_admitted" } });
    const browser = new Browser(env);
    await signUp(browser);
    const inClosed = new Browser(closed);
    inClosed.plant(new URL(APP).host, browser.cookies(new URL(APP).host));
    const made = await inClosed.json("POST", `${APP}/orgs`, { slug: "closed-shop", name: "Closed" });
    expect(made).toMatchObject({ status: 403, body: { reason: "orgs_closed" } });
  });
});

describe("the first administrator", () => {
  const start = () => ensureFirstAdmin(localEnv({ ADMIN_EMAIL: "Root@Example.com" }));
  async function emptied(): Promise<void> {
    await makeWorld();
    await testEnv.DB.batch(
      ["DELETE FROM sessions", "DELETE FROM identities", "UPDATE members SET account_id = NULL", "DELETE FROM accounts"]
        .concat("DELETE FROM one_time_codes")
        .map((statement) => testEnv.DB.prepare(statement)),
    );
  }
  const count = async (query: string) => (await testEnv.DB.prepare(query).first<{ n: number }>())?.n;

  /** The links that are printed meanwhile. */
  async function printed(run: () => Promise<unknown>): Promise<string[]> {
    const lines: string[] = [];
    const log = console.log;
    console.log = (line: string) => void lines.push(line);
    try {
      await run();
    } finally {
      console.log = log;
    }
    return lines.map((line) => secretOf(line, "reset"));
  }

  it("is made once, however many starts there are at a time, and gets a link at each until one was used", async () => {
    await emptied();
    const tokens = await printed(() => Promise.all([start(), start(), start()]));
    expect(tokens).toHaveLength(3);
    expect(await count("SELECT count(*) AS n FROM accounts")).toBe(1);
    expect(await count("SELECT count(*) AS n FROM members WHERE account_id IS NOT NULL")).toBe(1);
    const own = "SELECT count(*) AS n FROM spaces s JOIN members m ON m.id = s.owner_id WHERE m.account_id IS NOT NULL";
    expect(await count(own)).toBe(1);
    const pending = { email: newEmail(), name: "Bo", password: PASSWORD };
    expect((await new Browser(env).json("POST", `${APP}/register`, pending)).status).toBe(200);
    tokens.push(...(await printed(start)));
    expect(new Set(tokens).size).toBe(4);
    const browser = new Browser(localEnv({ ADMIN_EMAIL: "root@example.com", SIGN_UP: "orgs" }));
    const set = (token = "") => browser.json("POST", `${APP}/password/reset`, { token, password: PASSWORD });
    expect((await set(tokens[1])).status).toBe(200);
    const mine = await browser.json("GET", `${APP}/orgs`);
    expect(mine.body).toMatchObject({ items: [{ role: "owner" }], mayCreate: true });
    expect(await printed(start)).toEqual([]);
    for (const token of tokens) expect((await set(token)).status).toBe(404);
  });

  it("is finished by the next start where one was cut off, and gets no link where somebody else can sign in", async () => {
    await emptied();
    const row = "INSERT INTO accounts (id, email, name, status, created_at) VALUES (?, ?, 'Root', 'active', 0)";
    const add = (id: string, email: string) => testEnv.DB.prepare(row).bind(id, email).run();
    await add("acc_root", "root@example.com");
    expect(await printed(start)).toHaveLength(1);
    expect(await count("SELECT count(*) AS n FROM members WHERE account_id = 'acc_root' AND role = 'owner'")).toBe(1);
    await add("acc_other", "other@example.com");
    expect(await printed(start)).toEqual([]);
  });
});
