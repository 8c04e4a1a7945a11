import { beforeAll, describe, expect, inject, it } from "vitest";
import type { ProblemDocument } from "#contract/problem";
import { findAccount } from "#data/accounts";
import { updateMember } from "#data/members";
import { updateOrg } from "#data/orgs";
import { forTenant } from "#data/tenant-db";
import { joinOrg } from "#platform/membership";
import { newId } from "#platform/new-id";
import { sha256Hex } from "#platform/random-token";
import { identityProviderPlace, sealFor } from "#platform/secrets";
import { startSession } from "#platform/sessions";
import { Browser, hostOf } from "../../shared/testing/browser.ts";
import { makeWorld, testEnv, type World } from "../../shared/testing/world.ts";

const server = inject("oidcServer");
const env = { ...testEnv, AUTH_MODE: "OAUTH", OIDC_PROVIDERS: "[]" };
const [APP, AUTH] = [hostOf("app"), hostOf("auth")];
let world: World;
let provider: string;

beforeAll(async () => {
  world = await makeWorld();
  provider = newId("identityProvider");
  const secretSealed = await sealFor(env, identityProviderPlace(world.orgId, provider), server.clientSecret);
  const row =
    "INSERT INTO identity_providers (org_id, id, name, issuer, client_id, secret_sealed, role_of_group, enabled, created_at)";
  await env.DB.prepare(`${row} VALUES (?, ?, 'Own', ?, 'basic', ?, '{"staff":"member"}', 1, 0)`)
    .bind(world.orgId, provider, server.issuer, secretSealed)
    .run();
});

/** Goes from the beginning of a sign-in to where the provider sends back, and on to where that leads. */
async function signIn(browser: Browser, who: string, begin = begun()): Promise<string> {
  let at = begin;
  for (let hop = 0; hop < 3 && !at.startsWith(server.issuer); hop += 1)
    at = (await browser.fetch(at)).headers.get("location") ?? "";
  const jar = new Map<string, string>();
  at += `&login_hint=${who}`;
  for (let hop = 0; hop < 10 && !at.startsWith(AUTH); hop += 1) {
    const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const set of response.headers.getSetCookie())
      jar.set(set.slice(0, set.indexOf("=")), /=([^;]*)/.exec(set)?.[1] ?? "");
    at = new URL(response.headers.get("location") ?? "", at).href;
  }
  const back = await browser.fetch(at);
  return back.headers.get("location") ?? (await back.text());
}

const here = () => hostOf(world.slug);
const begun = () => `${here()}/session/begin?provider=${provider}&to=/c/1`;
const statusOf = async (browser: Browser, url: string) => (await browser.fetch(url)).status;

/** Somebody who signed in at the org's own provider, and what account that is. */
async function signedIn(who: string): Promise<{ browser: Browser; accountId: string; accepted: string }> {
  const browser = new Browser(env);
  const link = await signIn(browser, who);
  const answer = await browser.fetch(link);
  const row = await env.DB.prepare("SELECT id FROM accounts WHERE email = ?").bind(`${who}@example.com`).first<{
    id: string;
  }>();
  return { browser, accountId: row?.id ?? "", accepted: `${link.split("?")[0]} ${answer.headers.get("location")}` };
}

/** Makes an account a member of another org, as its administrator might. */
async function joinedElsewhere(accountId: string): Promise<World> {
  const other = await makeWorld();
  const account = await findAccount(env, accountId);
  if (!account) throw new Error("there is no such account");
  await joinOrg(env, other.orgId, { account, entry: { role: "admin", state: "active", grants: [] } });
  return other;
}

describe("a sign-in at an org's own provider", () => {
  it("begins on the org's host and ends there", async () => {
    const { browser, accepted } = await signedIn("asta");
    expect(accepted).toBe(`${here()}/session/accept /c/1`);
    const { body } = await browser.json<{ member: object }>("GET", `${here()}/api/me`);
    expect(body.member).toMatchObject({ role: "member", kind: "human" });
    const ways = await browser.json<{ ways: { providers: object[] } }>("GET", `${APP}/session?org=${world.slug}`);
    expect(ways.body.ways.providers).toEqual([
      { id: provider, name: "Own", own: true, url: `${here()}/session/begin?provider=${provider}` },
    ]);
    const log = await world.json<{ items: object[] }>("GET", "/api/audit?action=account.sign_in");
    expect(log.body.items[0]).toMatchObject({ outcome: "done", actor: { name: "Person asta" } });
  });

  it("opens no other org of the account, nor app.BASE, wherever it was begun", async () => {
    const { browser, accountId } = await signedIn("bente");
    const other = await joinedElsewhere(accountId);
    expect((await browser.json<{ account: unknown }>("GET", `${APP}/session`)).body.account).toBeNull();
    expect(await statusOf(browser, `${APP}/orgs`)).toBe(401);
    expect(await browser.go(`${hostOf(other.slug)}/`)).toContain(`${APP}/sign-in`);
    const cookies = browser.cookies(new URL(here()).host);
    for (const host of [APP, hostOf(other.slug)]) browser.plant(new URL(host).host, cookies);
    expect((await browser.json<{ account: unknown }>("GET", `${APP}/session`)).body.account).toBeNull();
    expect(await statusOf(browser, `${hostOf(other.slug)}/api/me`)).toBe(401);

    const begins = [`${APP}/session/begin?provider=${provider}&org=${world.slug}`];
    begins.push(`${hostOf(other.slug)}/session/begin?provider=${provider}&org=${world.slug}`);
    for (const begin of begins) {
      const fresh = new Browser(env);
      const link = await signIn(fresh, "bente", begin).catch(() => "");
      await fresh.fetch(link.startsWith("http") ? link : `${here()}/`);
      expect((await fresh.json<{ account: unknown }>("GET", `${APP}/session`)).body.account).toBeNull();
      for (const host of [here(), hostOf(other.slug)]) expect(await statusOf(fresh, `${host}/api/me`)).toBe(401);
    }
  });

  it("lets in members who are active, and makes no account for anybody else", async () => {
    const { accountId } = await signedIn("cilla");
    const db = forTenant(env, world);
    const row = await env.DB.prepare("SELECT id FROM members WHERE account_id = ?").bind(accountId).first<{
      id: string;
    }>();
    await updateMember(db, row?.id ?? "", { state: "suspended" });
    expect(await signIn(new Browser(env), "cilla")).toContain("not_admitted");
    await env.DB.prepare("UPDATE identity_providers SET role_of_group = '{}' WHERE id = ?").bind(provider).run();
    await updateOrg({ env, orgId: world.orgId }, { signUp: "domains", signUpDomains: '["example.com"]' });
    const open = { ...env, SIGN_UP: "open" };
    expect(await signIn(new Browser(open), "dagny")).toContain("not_admitted");
    const made = "SELECT count(*) AS n FROM accounts WHERE email = 'dagny@example.com'";
    expect(await env.DB.prepare(made).first()).toEqual({ n: 0 });
    await env.DB.prepare(`UPDATE identity_providers SET role_of_group = '{"staff":"member"}' WHERE id = ?`)
      .bind(provider)
      .run();
  });

  it("is listed, revoked and ended for itself, and reaches no session of another kind", async () => {
    const { browser, accountId } = await signedIn("edda");
    const again = (await signedIn("edda")).browser;
    await joinedElsewhere(accountId);
    const whole = await startSession(env, new Request(APP), { accountId, hostOrgId: null, parentId: null });
    const listed = await browser.json<{ items: { id: string; current: boolean }[] }>(
      "GET",
      `${here()}/api/account/sessions`,
    );
    expect(listed.body.items.map((one) => one.current).sort()).toEqual([false, true]);
    const end = (id: string) => browser.json("DELETE", `${here()}/api/account/sessions/${id}`);
    expect((await end(whole.id)).status).toBe(404);
    const rename = await browser.json<ProblemDocument>("PATCH", `${here()}/api/account`, { name: "Mallory" });
    expect(rename).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await end(listed.body.items.find((one) => !one.current)?.id ?? "")).status).toBe(204);
    expect(await statusOf(again, `${here()}/api/me`)).toBe(401);
    const third = (await signedIn("edda")).browser;
    expect((await browser.json("POST", `${here()}/api/account/sessions/end-others`)).status).toBe(204);
    expect(await statusOf(third, `${here()}/api/me`)).toBe(401);
    const out = await browser.json<{ url: string }>("DELETE", `${here()}/api/session`);
    expect(out).toMatchObject({ status: 200, body: { url: expect.stringContaining(`${AUTH}/sign-out?code=`) } });
    expect(await statusOf(browser, `${here()}/api/me`)).toBe(401);
    const left = await env.DB.prepare("SELECT revoked_at FROM sessions WHERE token_hash = ?")
      .bind(await sha256Hex(whole.token))
      .first();
    expect(left).toEqual({ revoked_at: null });
  });

  it("may change the account where that is in this org alone", async () => {
    const { browser } = await signedIn("frida");
    const renamed = await browser.json("PATCH", `${here()}/api/account`, { name: "Frida Holm" });
    expect(renamed).toMatchObject({ status: 200, body: { name: "Frida Holm" } });
  });
});
