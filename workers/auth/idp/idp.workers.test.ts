import { exports } from "cloudflare:workers";
import { decodeProtectedHeader } from "jose";
import * as client from "openid-client";
import { beforeAll, describe, expect, it } from "vitest";
import { testEnv } from "../../shared/testing/world.ts";
import { serveIdp } from "./serve-idp.ts";

const ISSUER = "http://idp.localhost:8787";
const CALLBACK = "http://auth.localhost:8787/callback";
const fetchWorker = (url: string, init?: RequestInit) =>
  (exports as unknown as { default: Fetcher }).default.fetch(url, { redirect: "manual", ...init });

let config: client.Configuration;
beforeAll(async () => {
  config = await client.discovery(new URL(ISSUER), "quayside", undefined, client.None(), {
    execute: [client.allowInsecureRequests],
    [client.customFetch]: (url, init) => fetchWorker(url, init as RequestInit),
  });
});

interface Attempt {
  url: URL;
  verifier: string;
  checks: { pkceCodeVerifier: string; expectedState: string; expectedNonce: string };
}

async function begin(more: Record<string, string> = {}): Promise<Attempt> {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: "openid profile email",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...more,
  });
  return { url, verifier, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce } };
}

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetchWorker(`${ISSUER}${path}`, { method: "POST", body: new URLSearchParams(form), headers });
}

/** Sends a form of the picker; where it leads. */
async function pick(attempt: Attempt, form: Record<string, string>): Promise<URL> {
  const response = await post("/authorize", { query: attempt.url.search.slice(1), ...form });
  expect(response.status).toBe(303);
  return new URL(response.headers.get("location") ?? "");
}

describe("the development identity provider", () => {
  it("signs people in for a real client: discovery, PKCE, nonce, ID token, userinfo", async () => {
    const attempt = await begin();
    const page = await fetchWorker(attempt.url.href);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Mara Lindqvist");
    const tokens = await client.authorizationCodeGrant(config, await pick(attempt, { person: "mara" }), attempt.checks);
    const claims = tokens.claims();
    expect(claims).toMatchObject({
      iss: ISSUER,
      aud: "quayside",
      sub: "mara",
      email: "mara@harbour.example",
      email_verified: true,
      groups: ["staff", "leads"],
    });
    expect(decodeProtectedHeader(tokens.id_token ?? "")).toMatchObject({ alg: "ES256" });
    const info = await client.fetchUserInfo(config, tokens.access_token, "mara");
    expect(info).toMatchObject({ sub: "mara", name: "Mara Lindqvist" });
    const forged = await fetchWorker(`${ISSUER}/userinfo`, { headers: { authorization: `Bearer ${tokens.id_token}` } });
    expect(forged.status).toBe(401);
  });

  it("takes an address of one's own, verified or not, and knows it again", async () => {
    const subjects: unknown[] = [];
    for (const verified of [{ verified: "yes" }, {}] as Record<string, string>[]) {
      const attempt = await begin({ scope: "openid email" });
      const back = await pick(attempt, { email: "Eva@Example.com", name: "Eva", ...verified });
      const claims = (await client.authorizationCodeGrant(config, back, attempt.checks)).claims();
      expect(claims).toMatchObject({ email: "eva@example.com", email_verified: "verified" in verified });
      expect(claims).not.toHaveProperty("name");
      subjects.push(claims?.sub);
    }
    expect(new Set(subjects).size).toBe(1);
    const attempt = await begin();
    const again = await post("/authorize", { query: attempt.url.search.slice(1), email: "nobody" });
    expect([again.status, again.headers.get("location")]).toEqual([400, null]);
    expect(await again.text()).toContain('role="alert"');
  });

  it("refuses a code that was used, belongs to another client or address, or whose verifier is another's", async () => {
    const used = await begin();
    const back = await pick(used, { person: "tomas" });
    await client.authorizationCodeGrant(config, back, used.checks);
    await expect(client.authorizationCodeGrant(config, back, used.checks)).rejects.toMatchObject({
      error: "invalid_grant",
    });
    for (const wrong of [
      { client_id: "another" },
      { redirect_uri: `${CALLBACK}/` },
      { code_verifier: "x".repeat(43) },
    ]) {
      const attempt = await begin();
      const code = (await pick(attempt, { person: "tomas" })).searchParams.get("code") ?? "";
      const form = {
        grant_type: "authorization_code",
        code,
        client_id: "quayside",
        redirect_uri: CALLBACK,
        code_verifier: attempt.verifier,
      };
      const refused = await post("/token", { ...form, ...wrong });
      expect([refused.status, await refused.json()]).toMatchObject([400, { error: "invalid_grant" }]);
      expect((await post("/token", form)).status).toBe(400);
    }
  });

  it("tells the client what was wrong with its request, and of a person who refuses", async () => {
    const cases: [Record<string, string>, string][] = [
      [{ response_type: "token" }, "unsupported_response_type"],
      [{ scope: "email" }, "invalid_scope"],
      [{ code_challenge_method: "plain" }, "invalid_request"],
      [{ code_challenge: "" }, "invalid_request"],
      [{ prompt: "none" }, "login_required"],
      [{ request: "x.y.z" }, "request_not_supported"],
    ];
    for (const [more, error] of cases) {
      const attempt = await begin(more);
      const response = await fetchWorker(attempt.url.href);
      const { searchParams } = new URL(response.headers.get("location") ?? "");
      expect([response.status, searchParams.get("error")]).toEqual([303, error]);
      expect([searchParams.get("state"), searchParams.get("iss")]).toEqual([attempt.checks.expectedState, ISSUER]);
    }
    const attempt = await begin();
    const back = await pick(attempt, { refuse: "yes" });
    await expect(client.authorizationCodeGrant(config, back, attempt.checks)).rejects.toMatchObject({
      error: "access_denied",
    });
  });

  it("sends nobody to an address that is not on this machine, nor takes a form of another site", async () => {
    for (const redirect of [
      "https://evil.example/cb",
      "javascript:alert(1)",
      "http://localhost@evil.example/",
      "x",
      "",
    ]) {
      const attempt = await begin({ redirect_uri: redirect });
      const pages = [
        await fetchWorker(attempt.url.href),
        await post("/authorize", { query: attempt.url.search.slice(1), person: "mara" }),
      ];
      for (const page of pages) expect([page.status, page.headers.get("location")]).toEqual([400, null]);
    }
    const attempt = await begin();
    const query = attempt.url.search.slice(1);
    const foreign = await post("/authorize", { query, person: "mara" }, { origin: "https://evil.example" });
    expect(foreign.status).toBe(403);
  });

  it("prints what a request holds as text, under a policy that allows no script", async () => {
    const attempt = await begin({ login_hint: '"><script>alert(1)</script>' });
    const page = await fetchWorker(attempt.url.href);
    expect(await page.text()).not.toContain("<script>");
    expect(page.headers.get("referrer-policy")).toBe("same-origin");
    expect(page.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'nonce-[\w-]+'; form-action 'self' http:\/\/auth\.localhost:8787 /,
    );
  });

  it("ends a session for whoever shows an ID token of it, and sends them back", async () => {
    const attempt = await begin();
    const tokens = await client.authorizationCodeGrant(config, await pick(attempt, { person: "jun" }), attempt.checks);
    const end = (hint: string, target: string) =>
      fetchWorker(
        client.buildEndSessionUrl(config, { id_token_hint: hint, post_logout_redirect_uri: target, state: "s" }).href,
      );
    const back = await end(tokens.id_token ?? "", "http://app.localhost:8787/");
    expect([back.status, back.headers.get("location")]).toEqual([303, "http://app.localhost:8787/?state=s"]);
    for (const one of [
      await end("x.y.z", "http://app.localhost:8787/"),
      await end(tokens.id_token ?? "", "https://evil.example/"),
    ])
      expect([one.status, one.headers.get("location")]).toEqual([200, null]);
  });

  it("is nowhere outside development", async () => {
    const production = { ...testEnv, ENVIRONMENT: "production", AUTH_MODE: "OAUTH" };
    for (const path of ["/", "/.well-known/openid-configuration", "/jwks", "/authorize"]) {
      expect((await serveIdp(new Request(`${ISSUER}${path}`), production)).status).toBe(404);
    }
  });
});
