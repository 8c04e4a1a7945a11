import { exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import type { Result } from "#contract/problem";
import type { SignInProvider } from "#platform/sign-in-providers";
import { testEnv } from "../../shared/testing/world.ts";
import type { OidcDeps } from "./discovery.ts";
import { type Begun, beginSignIn, type Finished, finishSignIn, signOutUrl } from "./sign-in.ts";

const server = inject("oidcServer");
const base: SignInProvider = {
  id: "real",
  orgId: null,
  name: "Real",
  issuer: server.issuer,
  clientId: "basic",
  clientSecret: server.clientSecret,
  scopes: "openid profile email",
  groupsClaim: "groups",
  roleOfGroup: { staff: "member" },
  requireVerifiedEmail: true,
};

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;
afterEach(() => void vi.useRealTimers());
let now = 0;
beforeEach(() => {
  now = Date.now();
});

const deps = (fetching: Fetch = realFetch): OidcDeps => ({ env: testEnv, now, fetch: fetching as typeof fetch });
const realFetch: Fetch = (url, init) => fetch(url, init);
const refused = (reason: string) => ({ ok: false, problem: { reason: `oidc_${reason}` } });

async function begin(provider = base, carried: Record<string, string> = {}): Promise<Begun> {
  const begun = await beginSignIn(provider, { carried, browser: null }, deps());
  if (!begun.ok) throw new Error(begun.problem.detail);
  return begun.value;
}

/** Walks through the server as a browser that is signed in as `who`, up to the callback; its query. */
async function walk(begun: Begun, who: string): Promise<URLSearchParams> {
  const cookies = new Map<string, string>();
  let url = new URL(begun.url);
  url.searchParams.set("login_hint", who);
  for (let hop = 0; hop < 10 && url.host !== "auth.localhost:8787"; hop++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url.href, { redirect: "manual", headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    url = new URL(response.headers.get("location") ?? `no redirect ${response.status} ${await response.text()}`, url);
  }
  return url.searchParams;
}

interface Come {
  provider?: SignInProvider;
  browser?: string | null;
  fetch?: Fetch;
}

function finish(begun: Begun, search: URLSearchParams, come: Come = {}): Promise<Result<Finished>> {
  const provider = come.provider ?? base;
  const browser = come.browser === undefined ? begun.browser : come.browser;
  const findProvider = async (known: { id: string }) => (known.id === provider.id ? provider : null);
  return finishSignIn({ search, browser, findProvider }, deps(come.fetch));
}

async function signIn(who: string, come: Come = {}): Promise<Result<Finished>> {
  const begun = await begin(come.provider);
  return finish(begun, await walk(begun, who), come);
}

/** A server that is as good as the real one but for its ID tokens, which `forge` makes of the claims of the good one. */
function forging(forge: (claims: JWTPayload) => Promise<string> | string): Fetch {
  return async (url, init) => {
    const response = await realFetch(url, init);
    if (!url.endsWith("/token") || response.status !== 200) return response;
    const body = (await response.json()) as { id_token: string };
    const payload = body.id_token.split(".")[1] ?? "";
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as JWTPayload;
    return Response.json({ ...body, id_token: await forge(claims) });
  };
}

async function resign(claims: JWTPayload, header: { alg?: string; kid?: string } = {}): Promise<string> {
  const key = await importJWK(JSON.parse(server.privateJwk), "RS256");
  return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "first", ...header }).sign(key);
}

describe("sign-in at a real OpenID Connect server", () => {
  it.each([
    ["with the secret in the header", {}],
    ["with the secret in the form", { clientId: "post" }],
    ["as a public client", { clientId: "public", clientSecret: undefined }],
  ])("succeeds %s", async (_title, more) => {
    const provider = { ...base, ...more };
    const begun = await begin(provider, { to: "/orgs" });
    const asked = new URL(begun.url).searchParams;
    expect(asked.get("code_challenge_method")).toBe("S256");
    expect(begun.url).not.toContain(begun.browser);
    const done = await finish(begun, await walk(begun, "ada"), { provider });
    expect(done).toMatchObject({
      ok: true,
      value: {
        carried: { to: "/orgs" },
        identity: {
          providerId: "real",
          issuer: server.issuer,
          subject: "ada",
          email: "ada@example.com",
          emailVerified: true,
          name: "Person ada",
          groups: ["staff"],
        },
      },
    });
  });

  it("lets an answer count once, in the browser that began, and within its time", async () => {
    const begun = await begin();
    const search = await walk(begun, "ada");
    expect(await finish(begun, search)).toMatchObject({ ok: true });
    expect(await finish(begun, search)).toMatchObject(refused("state"));

    for (const browser of [null, "", (await begin()).browser]) {
      const other = await begin();
      expect(await finish(other, await walk(other, "ada"), { browser })).toMatchObject(refused("browser"));
    }
    const wrong = await begin();
    const changed = await walk(wrong, "ada");
    changed.set("state", "x");
    expect(await finish(wrong, changed)).toMatchObject(refused("state"));
    const late = await begin();
    const lateSearch = await walk(late, "ada");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10 * 60_000 });
    expect(await finish(late, lateSearch)).toMatchObject(refused("state"));
  });

  it("lets two tabs of one browser sign in at the same time", async () => {
    const first = await begin();
    const second = await beginSignIn(base, { carried: {}, browser: first.browser }, deps());
    expect(second.ok && second.value.browser).toBe(first.browser);
    expect(await finish(first, await walk(first, "ada"))).toMatchObject({ ok: true });
    if (second.ok) expect(await finish(second.value, await walk(second.value, "eva"))).toMatchObject({ ok: true });
  });

  it("refuses a code that was used, and one of another sign-in", async () => {
    const begun = await begin();
    const search = await walk(begun, "ada");
    await finish(begun, search);
    const again = await begin();
    const stolen = await walk(again, "ada");
    stolen.set("code", search.get("code") ?? "");
    expect(await finish(again, stolen)).toMatchObject(refused("code_used"));

    const [victim, attacker] = [await begin(), await begin()];
    const injected = await walk(victim, "ada");
    injected.set("code", (await walk(attacker, "eva")).get("code") ?? "");
    expect(await finish(victim, injected)).toMatchObject(refused("code_used"));
  });

  it("refuses an address that is not verified, unless the provider is trusted with that", async () => {
    expect(await signIn("unverified-eva")).toMatchObject(refused("email_unverified"));
    const provider = { ...base, requireVerifiedEmail: false };
    expect(await signIn("unverified-eva", { provider })).toMatchObject({
      ok: true,
      value: { identity: { email: "unverified-eva@example.com", emailVerified: false } },
    });
    expect(await signIn("ada", { provider: { ...base, scopes: "openid" } })).toMatchObject(refused("email_missing"));
  });

  it("tells of a person who cancels, a wrong secret, and an answer of another provider", async () => {
    expect(await signIn("refuses")).toMatchObject(refused("denied"));
    expect(await signIn("ada", { provider: { ...base, clientSecret: "wrong" } })).toMatchObject(refused("client"));
    const begun = await begin();
    const search = await walk(begun, "ada");
    search.set("iss", "https://evil.example");
    expect(await finish(begun, search)).toMatchObject(refused("issuer"));
    const gone = await begin();
    const answer = { search: await walk(gone, "ada"), browser: gone.browser, findProvider: async () => null };
    expect(await finishSignIn(answer, deps())).toMatchObject(refused("provider"));
  });
});

describe("an ID token that a good server would not send", () => {
  const S = () => Math.floor(now / 1000);
  const cases: [string, (claims: JWTPayload) => Promise<string> | string][] = [
    ["nonce", (claims) => resign({ ...claims, nonce: "another" })],
    ["nonce", ({ nonce: _, ...claims }) => resign(claims)],
    ["issuer", (claims) => resign({ ...claims, iss: "https://evil.example" })],
    ["audience", (claims) => resign({ ...claims, aud: "another" })],
    ["audience", (claims) => resign({ ...claims, aud: ["basic", "another"] })],
    ["audience", (claims) => resign({ ...claims, azp: "another" })],
    ["expired", (claims) => resign({ ...claims, exp: S() - 120, iat: S() - 600 })],
    ["claims", ({ exp: _, ...claims }) => resign(claims)],
    ["claims", ({ sub: _, ...claims }) => resign(claims)],
    ["alg", (claims) => new UnsecuredJWT(claims).encode()],
    ["alg", (claims) => hmacWith(server.clientSecret, claims)],
    ["alg", async (claims) => hmacWith(await publicPart(), claims)],
    ["key", (claims) => resign(claims, { kid: "unknown" })],
    ["signature", async (claims) => `${(await resign(claims)).replace(/[^.]*$/, "")}${"A".repeat(342)}`],
    ["malformed", () => "x.y.z"],
  ];

  it.each(cases)("is refused as oidc_%s", async (reason, forge) => {
    expect(await signIn("ada", { fetch: forging(forge) })).toMatchObject(refused(reason));
  });

  it("is let in again where nothing is wrong with it", async () => {
    expect(await signIn("ada", { fetch: forging((claims) => resign(claims)) })).toMatchObject({ ok: true });
    const both = (claims: JWTPayload) => resign({ ...claims, aud: ["basic", "another"], azp: "basic" });
    expect(await signIn("ada", { fetch: forging(both) })).toMatchObject({ ok: true });
  });

  it("may be signed with a key that is new: the keys are fetched once more", async () => {
    now += 60_000;
    expect(await signIn("ada")).toMatchObject({ ok: true });
    const pair = await generateKeyPair("RS256", { extractable: true });
    const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: "second", alg: "RS256", use: "sig" };
    let fetched = 0;
    const rotated: Fetch = async (url, init) => {
      if (url.endsWith("/jwks")) {
        fetched += 1;
        return Response.json({ keys: [publicJwk] });
      }
      const sign = (claims: JWTPayload) =>
        new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "second" }).sign(pair.privateKey);
      return forging(sign)(url, init);
    };
    expect(await signIn("ada", { fetch: rotated })).toMatchObject({ ok: true });
    expect(fetched).toBe(1);
    expect(await signIn("ada", { fetch: rotated })).toMatchObject({ ok: true });
    expect(fetched).toBe(1);
  });

  async function publicPart(): Promise<string> {
    const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...jwk } = JSON.parse(server.privateJwk);
    return JSON.stringify(jwk);
  }
  function hmacWith(secret: string, claims: JWTPayload): Promise<string> {
    const key = new TextEncoder().encode(secret.padEnd(32));
    return new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "first" }).sign(key);
  }
});

describe("a provider that is not as it should be", () => {
  const silent = () => Promise.reject(new TypeError("connection refused"));
  const beginAt = (issuer: string, more: Partial<OidcDeps> = {}) =>
    beginSignIn({ ...base, issuer }, { carried: {}, browser: null }, { ...deps(), ...more });

  it("is told apart: not there, broken, another's description, endpoints that may not be called", async () => {
    const answering = (answer: () => Response): Partial<OidcDeps> => ({
      fetch: (async () => answer()) as unknown as typeof fetch,
    });
    const metadata = {
      issuer: "https://a.example",
      authorization_endpoint: "https://a.example/authorize",
      token_endpoint: "https://a.example/token",
      jwks_uri: "https://a.example/jwks",
    };
    const at = (more: object, status = 200) => answering(() => Response.json({ ...metadata, ...more }, { status }));
    expect(await beginAt("https://a.example", { fetch: silent })).toMatchObject(refused("unreachable"));
    expect(await beginAt("https://a.example", at({}, 500))).toMatchObject(refused("unreachable"));
    const wrong = [
      at({ issuer: "https://b.example" }),
      at({}, 404),
      at({ jwks_uri: undefined }),
      at({ token_endpoint: "x" }),
    ];
    wrong.push(
      at({ authorization_endpoint: "javascript:alert(1)" }),
      answering(() => new Response("<html>")),
    );
    for (const one of wrong) expect(await beginAt("https://a.example", one)).toMatchObject(refused("discovery"));
    expect(await beginAt("https://a.example", at({}))).toMatchObject({ ok: true });
  });

  it("is not asked at a private address outside development", async () => {
    const fetched = vi.fn();
    const env = { ...testEnv, ENVIRONMENT: "production", AUTH_MODE: "OAUTH" };
    for (const issuer of ["http://127.0.0.1:1", "https://169.254.169.254", "https://sso.internal"])
      expect(await beginAt(issuer, { env, fetch: fetched })).toMatchObject(refused("unreachable"));
    expect(fetched).not.toHaveBeenCalled();
  });

  it("is where a person signs out too, if it says where", async () => {
    const url = new URL(
      (await signOutUrl(base, { idToken: "x.y.z", returnTo: "http://app.localhost:8787/" }, deps())) ?? "",
    );
    expect(url.origin).toBe(server.issuer);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: "basic",
      id_token_hint: "x.y.z",
      post_logout_redirect_uri: "http://app.localhost:8787/",
    });
    const unreachable = { ...deps(), fetch: silent };
    const nowhere = await signOutUrl(
      { ...base, issuer: "https://c.example" },
      { idToken: null, returnTo: "/" },
      unreachable,
    );
    expect(nowhere).toBeNull();
  });
});
