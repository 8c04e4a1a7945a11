import { beforeAll, describe, expect, inject, it } from "vitest";
import { membershipsOf } from "#data/accounts";
import { memberOfAccount, updateMember } from "#data/members";
import { updateOrg } from "#data/orgs";
import { forTenant } from "#data/tenant-db";
import { takeHandover } from "#platform/handover";
import { newId } from "#platform/new-id";
import { randomToken, sha256Hex } from "#platform/random-token";
import { identityProviderPlace, sealFor } from "#platform/secrets";
import { startSession } from "#platform/sessions";
import { signOutAddress } from "#platform/sign-out";
import { accountApp } from "../../account/app.ts";
import { makeWorld, testEnv, type World } from "../../shared/testing/world.ts";
import { authApp } from "../app.ts";
import { serveIdp } from "../idp/serve-idp.ts";

const AUTH = "http://auth.localhost:8787";
let world: World;
let env: typeof testEnv;

beforeAll(async () => {
  world = await makeWorld();
  const dev = {
    id: "dev",
    name: "Development",
    issuer: "http://idp.localhost:8787",
    clientId: "quayside",
    org: world.slug,
    roleOfGroup: { leads: "admin", staff: "member", visitors: "guest" },
  };
  const loose = { ...dev, id: "loose", requireVerifiedEmail: false };
  env = { ...testEnv, AUTH_MODE: "OAUTH", OIDC_PROVIDERS: JSON.stringify([dev, loose]) };
});

/** A browser with a cookie jar per host, which has begun at `app.BASE`. */
async function browser() {
  const kept = randomToken();
  const jars = new Map<string, Map<string, string>>();
  const visit = async (address: string, form?: Record<string, string>): Promise<Response> => {
    const url = new URL(address);
    const jar = jars.get(url.host) ?? new Map<string, string>();
    jars.set(url.host, jar);
    const headers: Record<string, string> = { cookie: [...jar].map((one) => one.join("=")).join("; ") };
    const init = form ? { method: "POST", body: new URLSearchParams(form), headers } : { headers };
    const request = new Request(url, init);
    const response = url.host.startsWith("idp.") ? await serveIdp(request, env) : await authApp.fetch(request, env);
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    return response;
  };
  const start = async (query: Record<string, string>) =>
    visit(`${AUTH}/start?${new URLSearchParams({ browser: await sha256Hex(kept), ...query })}`);
  /** Signs in as a person of the development provider, up to the answer of the callback. */
  const signIn = async (form: Record<string, string>, query: Record<string, string> = { provider: "dev" }) => {
    const location = (await start(query)).headers.get("location") ?? "";
    const picked = await visit("http://idp.localhost:8787/authorize", {
      query: new URL(location).search.slice(1),
      ...form,
    });
    return visit(picked.headers.get("location") ?? "");
  };
  /** The answer of `app.BASE` to what it is handed over. */
  const accepted = (response: Response) => {
    const headers = { cookie: `quayside_begun=${kept}` };
    return accountApp.fetch(new Request(response.headers.get("location") ?? "", { headers }), env);
  };
  /** What `app.BASE` is handed over. */
  const handed = async (response: Response) => {
    expect(response.status, await response.clone().text()).toBe(303);
    const url = new URL(response.headers.get("location") ?? "");
    expect(`${url.origin}${url.pathname}`).toBe("http://app.localhost:8787/session/accept");
    const request = new Request(url, { headers: { cookie: `quayside_begun=${kept}` } });
    return { to: url.searchParams.get("to"), handover: await takeHandover(env, request, null) };
  };
  return { visit, start, signIn, accepted, handed };
}

async function accountOfSignIn(form: Record<string, string>, query?: Record<string, string>): Promise<string> {
  const one = await browser();
  return (await one.handed(await one.signIn(form, query))).handover?.accountId ?? "";
}
const own = (email: string, more: Record<string, string> = { verified: "yes" }) => ({ email, ...more });
const ours = () => forTenant(env, world);

describe("sign-in at a provider of the deployment", () => {
  it("leads to app.BASE with a handover that counts in the browser that began", async () => {
    const one = await browser();
    const response = await one.signIn({ person: "tomas" }, { provider: "dev", org: world.slug, to: "/c/1?x=2" });
    const { to, handover } = await one.handed(response);
    expect(to).toBe("/c/1?x=2");
    expect(handover).toMatchObject({ hostOrgId: null, parentId: null });
    expect(JSON.parse(handover?.signOut ?? "")).toMatchObject({ id: "dev", orgId: null, idToken: expect.any(String) });
    const again = await one.visit(`${AUTH}/callback?code=x&state=y`);
    expect(again.status).toBe(401);

    const other = await browser();
    const stolen = await one.signIn({ person: "tomas" });
    expect((await other.handed(stolen)).handover).toBeNull();
  });

  it("starts a session on app.BASE, and leaves it in the audit log of their orgs", async () => {
    const one = await browser();
    const accepted = await one.accepted(await one.signIn({ person: "tomas" }));
    expect(accepted.headers.get("set-cookie")).toMatch(
      /^quayside_session=[\w-]{43}; Path=\/; .*HttpOnly; SameSite=Lax/,
    );
    const { body } = await world.json<{ items: object[] }>("GET", "/api/audit?action=account.sign_in");
    expect(body.items[0]).toMatchObject({
      action: "account.sign_in",
      outcome: "done",
      actor: { name: "Tomás Ferreira" },
    });
  });

  it("knows a person again, and follows their groups in the org of the provider alone", async () => {
    const foreign = await makeWorld();
    await updateOrg({ env, orgId: foreign.orgId }, { signUp: "open" });
    const accountId = await accountOfSignIn({ person: "mara" }, { provider: "dev", org: foreign.slug });
    expect(await memberOfAccount(forTenant(env, foreign), accountId)).toBeNull();
    expect(await accountOfSignIn({ person: "mara" })).toBe(accountId);
    const member = await memberOfAccount(ours(), accountId);
    expect(member).toMatchObject({ role: "admin", state: "active", email: "mara@harbour.example" });
    await updateMember(ours(), member?.id ?? "", { role: "guest" });
    await accountOfSignIn({ person: "mara" });
    expect(await memberOfAccount(ours(), accountId)).toMatchObject({ role: "admin" });
    await updateMember(ours(), member?.id ?? "", { state: "suspended" });
    await accountOfSignIn({ person: "mara" });
    expect(await memberOfAccount(ours(), accountId)).toMatchObject({ state: "suspended" });
  });

  it("links to an account by its address only where it is verified and every org of the account says so", async () => {
    const first = await accountOfSignIn(own("eva@example.com", { verified: "yes", groups: "staff" }));
    await env.DB.prepare("UPDATE identities SET subject = 'before' WHERE account_id = ?").bind(first).run();
    const reasonOf = async (form: Record<string, string>, provider: string) =>
      /Reason: <code>(\w+)/.exec(await (await (await browser()).signIn(form, { provider })).text())?.[1];
    expect(await reasonOf(own("eva@example.com"), "dev")).toBe("link_refused");
    await updateOrg({ env, orgId: world.orgId }, { linkByEmail: true });
    expect(await reasonOf(own("eva@example.com", {}), "dev")).toBe("oidc_email_unverified");
    expect(await reasonOf(own("eva@example.com", {}), "loose")).toBe("link_refused");
    expect(await accountOfSignIn(own("eva@example.com"))).toBe(first);
    expect(await membershipsOf(env, first)).toHaveLength(1);
  });

  it("tells strangers whom nobody lets in, and people who cancel, with a page and a reason", async () => {
    const one = await browser();
    const stranger = await one.signIn({ person: "jun" });
    const text = await stranger.text();
    expect([stranger.status, text]).toEqual([403, expect.stringContaining("not_admitted")]);
    expect(stranger.headers.get("content-security-policy")).toContain("default-src 'none'");
    const cancelled = await one.signIn({ refuse: "yes" });
    expect([cancelled.status, await cancelled.text()]).toEqual([401, expect.stringContaining("oidc_denied")]);
    const other = await browser();
    const location = (await one.start({ provider: "dev" })).headers.get("location") ?? "";
    const picked = await one.visit("http://idp.localhost:8787/authorize", {
      query: new URL(location).search.slice(1),
      person: "mara",
    });
    const elsewhere = await other.visit(picked.headers.get("location") ?? "");
    expect([elsewhere.status, await elsewhere.text()]).toEqual([401, expect.stringContaining("oidc_browser")]);
  });

  it("refuses what it cannot begin", async () => {
    const one = await browser();
    expect((await one.start({ provider: "none" })).status).toBe(404);
    expect((await one.start({})).status).toBe(400);
    expect((await one.visit(`${AUTH}/start?provider=dev`)).status).toBe(400);
    for (const path of ["/start?provider=dev&browser=x", "/callback", "/sign-out"])
      expect((await authApp.fetch(new Request(`${AUTH}${path}`), testEnv)).status).toBe(404);
  });

  it("never leads outside after a sign-in", async () => {
    const one = await browser();
    for (const to of ["https://evil.example/", "//evil.example", "/\\evil.example"])
      expect((await one.handed(await one.signIn({ person: "tomas" }, { provider: "dev", to }))).to).toBe("/");
  });

  it("signs people out at the provider too, by an address that works once", async () => {
    const one = await browser();
    const { handover } = await one.handed(await one.signIn({ person: "tomas" }));
    const address = (await signOutAddress(env, handover?.signOut ?? null)) ?? "";
    const out = (await one.visit(address)).headers.get("location") ?? "";
    expect(out).toMatch(/^http:\/\/idp\.localhost:8787\/end_session\?.*id_token_hint=ey/);
    expect((await one.visit(out)).headers.get("location")).toBe("http://app.localhost:8787/");
    expect((await one.visit(address)).headers.get("location")).toBe("http://app.localhost:8787/");
    expect(await signOutAddress(env, null)).toBeNull();
  });
});

describe("sign-out on app.BASE", () => {
  it("tells where the provider's own session ends, for who signed in at one", async () => {
    const one = await browser();
    const { handover } = await one.handed(await one.signIn({ person: "tomas" }));
    const begin = new Request("http://app.localhost:8787/");
    const made = { accountId: handover?.accountId ?? "", hostOrgId: null, parentId: null };
    const end = async (signOut: string | null) => {
      const { token } = await startSession(env, begin, { ...made, signOut });
      const headers = { cookie: `quayside_session=${token}`, origin: "http://app.localhost:8787" };
      return accountApp.fetch(new Request("http://app.localhost:8787/session", { method: "DELETE", headers }), env);
    };
    const elsewhere = await end(handover?.signOut ?? null);
    const { url } = (await elsewhere.json()) as { url: string };
    expect((await one.visit(url)).headers.get("location")).toContain("/end_session?");
    expect(elsewhere.headers.get("set-cookie")).toContain("Max-Age=0");
    expect((await end(null)).status).toBe(204);
  });
});

describe("sign-in at an org's own provider", () => {
  const server = inject("oidcServer");
  let id: string;
  beforeAll(async () => {
    id = newId("identityProvider");
    const secretSealed = await sealFor(env, identityProviderPlace(world.orgId, id), server.clientSecret);
    const row =
      "INSERT INTO identity_providers (org_id, id, name, issuer, client_id, secret_sealed, role_of_group, enabled, created_at)";
    await env.DB.prepare(`${row} VALUES (?, ?, 'Own', ?, 'basic', ?, '{"staff":"member"}', 1, 0)`)
      .bind(world.orgId, id, server.issuer, secretSealed)
      .run();
  });

  async function signIn(who: string): Promise<Response> {
    const one = await browser();
    let location = (await one.start({ provider: id, org: world.slug })).headers.get("location") ?? "";
    const jar = new Map<string, string>();
    location += `&login_hint=${who}`;
    for (let hop = 0; hop < 10 && !location.startsWith(AUTH); hop++) {
      const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
      const response = await fetch(location, { redirect: "manual", headers: { cookie } });
      for (const set of response.headers.getSetCookie())
        jar.set(set.slice(0, set.indexOf("=")), /=([^;]*)/.exec(set)?.[1] ?? "");
      location = new URL(response.headers.get("location") ?? "", location).href;
    }
    return one.visit(location);
  }

  it("is for that org: another one neither lists nor finds it", async () => {
    const foreign = await makeWorld();
    const one = await browser();
    expect((await one.start({ provider: id, org: world.slug })).status).toBe(303);
    expect((await one.start({ provider: id, org: foreign.slug })).status).toBe(404);
    expect((await one.start({ provider: id })).status).toBe(404);
    await env.DB.prepare("UPDATE identity_providers SET enabled = 0 WHERE id = ?").bind(id).run();
    expect((await one.start({ provider: id, org: world.slug })).status).toBe(404);
    await env.DB.prepare("UPDATE identity_providers SET enabled = 1 WHERE id = ?").bind(id).run();
  });

  it("makes people members there, and shows of no address that it is theirs", async () => {
    const response = await signIn("ola");
    expect(response.status, await response.clone().text()).toBe(303);
    const row = await env.DB.prepare("SELECT * FROM accounts WHERE email = 'ola@example.com'").first();
    expect(row).toMatchObject({ name: "Person ola", email_verified_at: null, status: "active" });
    expect(await memberOfAccount(ours(), row?.id as string)).toMatchObject({ role: "member" });
  });

  it("cannot take over an account by its address", async () => {
    await updateOrg({ env, orgId: world.orgId }, { linkByEmail: true });
    await accountOfSignIn(own("victim@example.com", { verified: "yes", groups: "staff" }));
    const response = await signIn("victim");
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining("link_refused")]);
  });
});
