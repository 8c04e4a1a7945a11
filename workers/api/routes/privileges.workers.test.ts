import { describe, expect, it } from "vitest";
import type { ProblemDocument } from "#contract/problem";
import { changeMember } from "#data/members";
import { forTenant } from "#data/tenant-db";
import { memberPrincipal } from "#platform/member-principal";
import { sha256Hex } from "#platform/random-token";
import { conversationStub } from "#platform/stubs";
import { conversation, joined, meOf, owner, socketOf, within5s } from "../../account/testing/members.ts";
import {
  APP,
  invite,
  type MadeOrg,
  mailedSecret,
  makeOrg,
  newEmail,
  PASSWORD,
  secretOf,
  signUp,
} from "../../account/testing/people.ts";
import { Browser, hostOf, localEnv } from "../../shared/testing/browser.ts";
import { testEnv } from "../../shared/testing/world.ts";

const env = localEnv();
type Made = { key: { id: string }; token: string };

const keyOf = async (browser: Browser, org: MadeOrg, scopes: string[]) =>
  (await browser.json<Made>("POST", `${org.url}/api/api-keys`, { name: "ci", scopes })).body;

/** A program that shows a token. */
function program(token: string, more: Record<string, string> = {}) {
  return async (method: string, url: string, body?: unknown) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}`, ...more };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return (await new Browser(env).fetch(url, init)).status;
  };
}

/** A token of an org's agent, and the credential it was got with. */
async function agentOf(browser: Browser, org: MadeOrg) {
  const agents = await browser.json<{ items: { id: string; kind: string }[] }>("GET", `${org.url}/api/members`);
  const memberId = agents.body.items.find((one) => one.kind === "agent")?.id ?? "";
  const made = await browser.json<{ credential: { id: string; clientId: string }; clientSecret: string }>(
    "POST",
    `${org.url}/api/credentials`,
    { memberId },
  );
  const form = { client_id: made.body.credential.clientId, client_secret: made.body.clientSecret };
  const body = new URLSearchParams({ grant_type: "client_credentials", ...form });
  const answer = await new Browser(env).fetch(`${hostOf("auth")}/token`, { method: "POST", body });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return { memberId, token, id: made.body.credential.id };
}

async function programSocket(token: string, org: MadeOrg, id: string) {
  const program = new Browser(env);
  const fetch = (url: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
    Browser.prototype.fetch.call(program, url, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
    });
  return socketOf({ fetch } as Browser, org, id);
}

const newSession = () => crypto.randomUUID().slice(0, 8);

/** The code with which a socket was closed, null while it is open. */
function closing(socket: WebSocket | null): () => number | null {
  let code: number | null = null;
  socket?.addEventListener("close", (event) => {
    code = event.code;
  });
  socket?.accept();
  return () => code;
}

describe("a key or token", () => {
  it("that may only read leaves neither the org nor a space", async () => {
    const { browser, org } = await owner();
    const bo = await joined(browser, org);
    const space = await browser.json<{ id: string }>("POST", `${org.url}/api/spaces`, {
      name: "B",
      visibility: "private",
    });
    const place = `${org.url}/api/spaces/${space.body.id}/members/${bo.id}`;
    await browser.json("PUT", place, { role: "member" });
    const { token } = await keyOf(bo.browser, org, ["read"]);
    expect(await program(token)("DELETE", place)).toBe(403);
    expect(await program(token)("DELETE", `${org.url}/api/members/${bo.id}`)).toBe(403);
    expect((await meOf(bo.browser, org)).status).toBe(200);
    expect((await bo.browser.json("DELETE", place)).status).toBe(204);
    expect((await bo.browser.json("DELETE", `${org.url}/api/members/${bo.id}`)).status).toBe(204);
  });

  it("makes no key, which would outlive it, and reaches into no account", async () => {
    const { browser, org } = await owner();
    const agent = await agentOf(browser, org);
    const { token } = await keyOf(browser, org, ["read", "write", "admin"]);
    for (const one of [program(agent.token), program(token)]) {
      expect(await one("POST", `${org.url}/api/api-keys`, { name: "more", scopes: ["read"] })).toBe(403);
      for (const [method, path] of [
        ["GET", "sessions"],
        ["POST", "sessions/end-others"],
        ["POST", "password"],
      ] as const)
        expect(await one(method, `${org.url}/api/account/${path}`, method === "GET" ? undefined : {})).not.toBe(200);
    }
    expect(await program(token)("GET", `${org.url}/api/account/sessions`)).toBe(403);
    expect((await meOf(browser, org)).status).toBe(200);
  });

  it("takes its sockets along when it is revoked", async () => {
    const { browser, org } = await owner();
    const agent = await agentOf(browser, org);
    const made = await keyOf(browser, org, ["read"]);
    const id = await conversation(browser, org);
    const sockets = [await programSocket(made.token, org, id), await programSocket(agent.token, org, id)];
    await browser.json("DELETE", `${org.url}/api/api-keys/${made.key.id}`);
    await browser.json("DELETE", `${org.url}/api/credentials/${agent.id}`);
    for (const socket of sockets) await within5s(socket.closed);
  });

  it("is not answered with what another token of the same member was told once", async () => {
    const { browser, org } = await owner();
    const body = { name: "ci", scopes: ["admin"] };
    const more = { "idempotency-key": "one", "content-type": "application/json" };
    const first = await browser.fetch(`${org.url}/api/api-keys`, {
      method: "POST",
      headers: more,
      body: JSON.stringify(body),
    });
    expect(first.status).toBe(201);
    const { token } = await keyOf(browser, org, ["read"]);
    expect(await program(token, more)("POST", `${org.url}/api/api-keys`, body)).toBe(409);
  });
});

describe("an administrator", () => {
  it("makes no credential of an agent above themselves", async () => {
    const { browser, org } = await owner();
    const bo = await joined(browser, org, { role: "admin" });
    const { memberId } = await agentOf(browser, org);
    await browser.json("PATCH", `${org.url}/api/members/${memberId}`, { role: "owner" });
    const made = await bo.browser.json("POST", `${org.url}/api/credentials`, { memberId });
    expect(made).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await browser.json("POST", `${org.url}/api/credentials`, { memberId })).status).toBe(201);
  });

  it("changes the member that was looked at, and not what it became meanwhile", async () => {
    const { browser, org } = await owner();
    const bo = await joined(browser, org);
    const db = forTenant(testEnv, { orgId: org.id });
    expect(await changeMember(db, { id: bo.id, rev: 1 }, { role: "owner" })).toBe(true);
    expect(await changeMember(db, { id: bo.id, rev: 1 }, { role: "guest" })).toBe(false);
    expect((await meOf(bo.browser, org)).body).toMatchObject({ member: { role: "owner" } });
  });

  it("keeps no way into the account of a member they made, once that has a password of its own", async () => {
    const { browser, org } = await owner();
    const email = newEmail();
    const made = await browser.json<{ link: string }>("POST", `${org.url}/api/members`, { email, name: "Eva" });
    const eva = new Browser(env);
    expect((await eva.json("POST", `${APP}/password/forgotten`, { email })).status).toBe(202);
    const [told, mailed] = [secretOf(made.body.link, "reset"), await mailedSecret(email, "reset")];
    expect(mailed).not.toBe(told);
    const reset = (token: string) =>
      new Browser(env).json("POST", `${APP}/password/reset`, { token, password: PASSWORD });
    expect((await reset(mailed)).status).toBe(200);
    expect((await reset(told)).status).toBe(404);
    await eva.json("POST", `${APP}/session`, { email, password: PASSWORD });
    await eva.go(`${org.url}/`);
    await eva.json("POST", `${APP}/password/forgotten`, { email });
    const late = await mailedSecret(email, "reset");
    const change = { current: PASSWORD, password: "another tide 8 quay" };
    expect((await eva.json("POST", `${org.url}/api/account/password`, change)).status).toBe(204);
    expect((await reset(late)).status).toBe(404);
  });

  it("puts nobody in by an address that an account only claims", async () => {
    const [mine, theirs] = [await owner(), await owner()];
    const email = newEmail();
    const member = { email, name: "Eva", role: "admin" };
    const squatted = await mine.browser.json<{ link: string }>("POST", `${mine.org.url}/api/members`, member);
    const thief = new Browser(env);
    const token = secretOf(squatted.body.link, "reset");
    expect((await thief.json("POST", `${APP}/password/reset`, { token, password: PASSWORD })).status).toBe(200);
    const made = await theirs.browser.json<ProblemDocument>("POST", `${theirs.org.url}/api/members`, member);
    expect(made).toMatchObject({ status: 409, body: { fields: [{ field: "email" }] } });
    expect(await thief.go(`${theirs.org.url}/`)).toBe(`${APP}/no-entry?org=${theirs.org.slug}`);
    const invited = await invite(theirs.browser, theirs.org, { email });
    expect((await thief.json("POST", `${APP}/invitations/accept`, { token: invited })).status).toBe(200);
    const known = await signUp(new Browser(env));
    const joins = await theirs.browser.json("POST", `${theirs.org.url}/api/members`, { email: known, name: "Known" });
    expect(joins).toMatchObject({ status: 201, body: { link: null } });
  });
});

describe("an invitation", () => {
  it("is worth no more than whoever made it still is", async () => {
    const { browser, org } = await owner();
    const bo = await joined(browser, org, { role: "admin" });
    const emails = [newEmail(), newEmail()];
    const [high, low] = [
      await invite(bo.browser, org, { email: emails[0], role: "admin" }),
      await invite(browser, org, { email: emails[1] }),
    ];
    const read = async (token: string) =>
      (await new Browser(env).json("POST", `${APP}/invitations/read`, { token })).status;
    expect([await read(high), await read(low)]).toEqual([200, 200]);
    await browser.json("PATCH", `${org.url}/api/members/${bo.id}`, { role: "member" });
    expect([await read(high), await read(low)]).toEqual([404, 200]);
    const registered = await new Browser(env).json("POST", `${APP}/register`, {
      ...{ email: emails[0], name: "Eve", password: PASSWORD, invitation: high },
    });
    expect(registered.status).toBe(404);
    await browser.json("PATCH", `${org.url}/api/members/${bo.id}`, { role: "admin" });
    expect(await read(high)).toBe(200);
    await browser.json("DELETE", `${org.url}/api/members/${bo.id}`);
    expect(await read(high)).toBe(404);
  });

  it("is good once more where it was used and nobody came in by it, as after a crash in between", async () => {
    const { browser, org } = await owner();
    const bo = new Browser(env);
    const email = await signUp(bo, "Bo");
    const token = await invite(browser, org, { email });
    const crash = testEnv.DB.prepare("UPDATE invitations SET accepted_at = 1 WHERE org_id = ? AND email = ?");
    await crash.bind(org.id, email).run();
    const accept = async () => (await bo.json("POST", `${APP}/invitations/accept`, { token })).status;
    expect(await accept()).toBe(200);
    expect(await bo.go(`${org.url}/`)).toBe(`${org.url}/`);
    expect(await accept()).toBe(404);
    const me = (await meOf(bo, org)).body as unknown as { member: { id: string } };
    await browser.json("DELETE", `${org.url}/api/members/${me.member.id}`);
    expect(await accept()).toBe(404);
  });

  it("gives who was removed what it says, and nothing of before", async () => {
    const { browser, org } = await owner();
    const bo = await joined(browser, org);
    const space = await browser.json<{ id: string }>("POST", `${org.url}/api/spaces`, {
      name: "B",
      visibility: "private",
    });
    await browser.json("PUT", `${org.url}/api/spaces/${space.body.id}/members/${bo.id}`, { role: "lead" });
    const email = await testEnv.DB.prepare("SELECT email FROM members WHERE id = ?").bind(bo.id).first<string>("email");
    await browser.json("DELETE", `${org.url}/api/members/${bo.id}`);
    // As of a request that was under way when the member was removed.
    const token = `qsk_${org.id.replace("org_", "")}_${"k".repeat(43)}`;
    const key =
      "INSERT INTO api_keys (org_id, id, member_id, name, token_hash, last_four, scopes, created_at) VALUES (?, ?, ?, 'late', ?, 'kkkk', '[\"read\"]', 0)";
    await testEnv.DB.prepare(key)
      .bind(org.id, `key_${crypto.randomUUID()}`, bo.id, await sha256Hex(token))
      .run();
    const invited = await invite(browser, org, { email });
    await bo.browser.json("POST", `${APP}/invitations/accept`, { token: invited });
    await bo.browser.go(`${org.url}/`);
    const seen = await bo.browser.json<{ items: { name: string }[] }>("GET", `${org.url}/api/spaces`);
    expect(seen.body.items.map((one) => one.name)).toEqual(["General", "Bo"]);
    expect(await program(token)("GET", `${org.url}/api/me`)).toBe(401);
  });

  it("mails an address a few times a day, whoever asks, and then only tells the link", async () => {
    const email = newEmail();
    const mailed: boolean[] = [];
    const browser = new Browser(env);
    await signUp(browser);
    const orgs = [await makeOrg(browser), await makeOrg(browser)];
    for (let round = 0; round < 6; round += 1) {
      const made = await browser.json<{ mailed: boolean; link: string }>(
        "POST",
        `${orgs[round % 2]?.url}/api/invitations`,
        { email },
      );
      expect(made.body.link).toContain("/invitation#");
      mailed.push(made.body.mailed);
    }
    expect(mailed).toEqual([true, true, true, true, true, false]);
  });
});

describe("a terminal", () => {
  it("is closed within five seconds where its member, session or place in the conversation ends", async () => {
    const { browser, org } = await owner();
    const [bo, eva, jo] = [await joined(browser, org), await joined(browser, org), await joined(browser, org)];
    const id = await conversation(browser, org, { kind: "coding" });
    const open = async (one: Browser) => {
      const headers = { upgrade: "websocket" };
      const answer = await one.fetch(`${org.url}/api/conversations/${id}/terminal?session=${newSession()}`, {
        headers,
      });
      expect(answer.status).toBe(101);
      return closing(answer.webSocket);
    };
    const mine = await open(browser);
    const [removed, signedOut, left] = [await open(bo.browser), await open(eva.browser), await open(jo.browser)];
    await browser.json("DELETE", `${org.url}/api/members/${bo.id}`);
    await within5s(removed);
    await eva.browser.json("DELETE", `${org.url}/api/session`);
    await within5s(signedOut);
    const as = memberPrincipal({ orgId: org.id, memberId: jo.id, name: "Jo", role: "member" });
    for (const type of ["participant.add", "participant.remove"] as const) {
      const command = { type, clientId: type, memberId: jo.id };
      expect((await conversationStub(testEnv, org.id, id).command(as, command)).ok).toBe(true);
    }
    await within5s(left);
    expect(mine()).toBeNull();
  });
});

describe("a space that is closed to others", () => {
  it("takes along the sockets of who took part only because it was open", async () => {
    const { browser, org } = await owner();
    const bo = await joined(browser, org);
    const space = await browser.json<{ id: string }>("POST", `${org.url}/api/spaces`, { name: "Open" });
    const id = await conversation(browser, org, { spaceId: space.body.id });
    const [mine, theirs] = [await socketOf(browser, org, id), await socketOf(bo.browser, org, id)];
    await browser.json("PATCH", `${org.url}/api/spaces/${space.body.id}`, { visibility: "private" });
    await within5s(theirs.closed);
    expect(mine.closed()).toBeNull();
    expect((await bo.browser.json("GET", `${org.url}/api/conversations/${id}`)).status).toBe(404);
  });
});

describe("a replay of what was said in a private space", () => {
  it("is in that space, and for nobody who was taken out of it", async () => {
    const { browser, org } = await owner();
    const [bo, eva] = [await joined(browser, org), await joined(browser, org)];
    const space = await browser.json<{ id: string }>("POST", `${org.url}/api/spaces`, {
      name: "Quiet",
      visibility: "private",
    });
    const place = `${org.url}/api/spaces/${space.body.id}/members/${bo.id}`;
    await browser.json("PUT", place, { role: "member" });
    const id = await conversation(browser, org, { spaceId: space.body.id, executor: "edge" });
    const api = `${org.url}/api/conversations/${id}`;
    expect((await bo.browser.json("POST", `${api}/messages`, { clientId: "a", content: "say: a secret" })).status).toBe(
      201,
    );
    const ended = async () =>
      (await browser.json<{ items: { status: string }[] }>("GET", `${api}/runs`)).body.items.map((one) => one.status);
    await expect.poll(ended, { timeout: 10_000 }).toEqual(["succeeded"]);
    const as = memberPrincipal({ orgId: org.id, memberId: bo.id, name: "Bo", role: "member", spaces: {} });
    const leave = { type: "participant.remove", clientId: "b", memberId: bo.id } as const;
    expect((await conversationStub(testEnv, org.id, id).command(as, leave)).ok).toBe(true);
    await browser.json("DELETE", place);
    const made = await browser.json<{ id: string; spaceId: string | null }>("POST", `${api}/replay`);
    expect(made).toMatchObject({ status: 201, body: { spaceId: space.body.id } });
    for (const one of [bo, eva])
      expect((await one.browser.json("GET", `${org.url}/api/conversations/${made.body.id}`)).status).toBe(404);
  });
});
