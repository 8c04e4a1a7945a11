import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { ProxyConfig } from "./auth-config.ts";
import { PROXY_SECRET_HEADER, readProxyIdentity } from "./proxy-token.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const SECRET = "proxy-secret-proxy-secret-proxy-secret";
const base: ProxyConfig = {
  header: "authorization",
  issuer: "https://sso.example/realms/quay",
  audience: "quayside",
  jwksUrl: "",
  rolesClaim: "realm_access.roles",
  org: null,
  roleOfGroup: {},
  trustsEmail: false,
  secret: SECRET,
};
const person: JWTPayload = {
  iss: base.issuer,
  aud: "quayside",
  sub: "ada-1",
  name: "Ada",
  email: "Ada@Example.com",
  email_verified: true,
  realm_access: { roles: ["staff"] },
  iat: NOW / 1000,
  exp: NOW / 1000 + 300,
};

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let [first, second]: Pair[] = [];
let issuers = 0;

beforeAll(async () => {
  [first, second] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
});

/** An issuer of its own, so that no test meets keys that another one's are kept as. */
function issuer() {
  issuers += 1;
  const config = { ...base, jwksUrl: `https://sso.example/${issuers}/certs` };
  const published: [string, Pair][] = [["one", first as Pair]];
  const state = { fetches: 0, status: 200 };
  const fetch = (async () => {
    state.fetches += 1;
    const keys = await Promise.all(
      published.map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid })),
    );
    return Response.json({ keys }, { status: state.status });
  }) as unknown as typeof globalThis.fetch;
  const read = (headers: Record<string, string>, more: { config?: Partial<ProxyConfig>; now?: number } = {}) =>
    readProxyIdentity(new Request("https://demo.quay.example/", { headers }), {
      config: { ...config, ...more.config },
      development: false,
      now: more.now ?? NOW,
      fetch,
    });
  return { read, state, published };
}

function sign(claims: JWTPayload, header: { alg?: string; kid?: string } = {}, key = (first as Pair).privateKey) {
  return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "one", ...header }).sign(key);
}
const through = (token: string) => ({ authorization: `Bearer ${token}`, [PROXY_SECRET_HEADER]: SECRET });
const refused = (reason: string) => ({ ok: false, problem: { code: "unauthenticated", reason } });

describe("the forward-auth proxy's token", () => {
  it("says who a person is, in the header and with the roles that are configured", async () => {
    const { read } = issuer();
    expect(await read(through(await sign(person)))).toEqual({
      ok: true,
      value: {
        providerId: "proxy",
        issuer: base.issuer,
        subject: "ada-1",
        email: "ada@example.com",
        emailVerified: true,
        name: "Ada",
        groups: ["staff"],
        idToken: null,
      },
    });
    const access = { "cf-access-jwt-assertion": await sign({ ...person, email_verified: undefined, groups: ["ops"] }) };
    const config = { header: "cf-access-jwt-assertion", rolesClaim: "groups" };
    const byHeader = await read({ ...access, [PROXY_SECRET_HEADER]: SECRET }, { config });
    expect(byHeader).toMatchObject({ ok: true, value: { groups: ["ops"], emailVerified: false } });
    const trusting = await read(
      { ...access, [PROXY_SECRET_HEADER]: SECRET },
      { config: { ...config, trustsEmail: true } },
    );
    expect(trusting).toMatchObject({ ok: true, value: { emailVerified: true } });
  });

  it("refuses a request that went round the proxy, however good its token is", async () => {
    const { read, state } = issuer();
    const authorization = `Bearer ${await sign(person)}`;
    expect(await read({ authorization })).toMatchObject(refused("proxy_bypassed"));
    for (const wrong of ["", "x", `${SECRET}x`, SECRET.toUpperCase()])
      expect(await read({ authorization, [PROXY_SECRET_HEADER]: wrong })).toMatchObject(refused("proxy_bypassed"));
    expect(state.fetches).toBe(0);
  });

  it("refuses a missing token, and one that is none", async () => {
    const { read } = issuer();
    expect(await read({ [PROXY_SECRET_HEADER]: SECRET })).toMatchObject(refused("proxy_missing"));
    expect(await read({ [PROXY_SECRET_HEADER]: SECRET, authorization: "Basic eDp5" })).toMatchObject(
      refused("proxy_missing"),
    );
    expect(await read(through("a.b.c"))).toMatchObject(refused("proxy_malformed"));
  });

  it("refuses another issuer, another audience, a token out of its time and one without an end", async () => {
    const { read } = issuer();
    const cases: [JWTPayload, string][] = [
      [{ ...person, iss: "https://evil.example" }, "proxy_issuer"],
      [{ ...person, iss: undefined }, "proxy_issuer"],
      [{ ...person, aud: "another" }, "proxy_audience"],
      [{ ...person, aud: undefined }, "proxy_audience"],
      [{ ...person, exp: NOW / 1000 - 60 }, "proxy_expired"],
      [{ ...person, nbf: NOW / 1000 + 600 }, "proxy_claims"],
      [{ ...person, exp: undefined }, "proxy_claims"],
      [{ ...person, sub: undefined }, "proxy_claims"],
      [{ ...person, sub: "" }, "proxy_claims"],
    ];
    for (const [claims, reason] of cases)
      expect(await read(through(await sign(claims)))).toMatchObject(refused(reason));
    expect(await read(through(await sign({ ...person, aud: ["another", "quayside"] })))).toMatchObject({ ok: true });
  });

  it("refuses forgeries: no signature, the public key as an HMAC secret, another key under a known id", async () => {
    const { read } = issuer();
    const unsigned = new UnsecuredJWT(person).encode();
    expect(await read(through(unsigned))).toMatchObject(refused("proxy_alg"));
    const confused = new TextEncoder().encode(JSON.stringify(await exportJWK((first as Pair).publicKey)));
    const hmac = await new SignJWT(person).setProtectedHeader({ alg: "HS256", kid: "one" }).sign(confused);
    expect(await read(through(hmac))).toMatchObject(refused("proxy_alg"));
    const forged = await sign(person, {}, (second as Pair).privateKey);
    expect(await read(through(forged))).toMatchObject(refused("proxy_signature"));
    const [head, , signature] = (await sign(person)).split(".");
    const body = btoa(JSON.stringify({ ...person, sub: "root" })).replaceAll("=", "");
    expect(await read(through(`${head}.${body}.${signature}`))).toMatchObject(refused("proxy_signature"));
  });

  it("keeps keys for ten minutes, and fetches them once more for a key that is new", async () => {
    const { read, state, published } = issuer();
    const old = through(await sign(person));
    for (const at of [NOW, NOW + 60_000]) expect(await read(old, { now: at })).toMatchObject({ ok: true });
    expect(state.fetches).toBe(1);
    published.push(["two", second as Pair]);
    const rotated = through(
      await sign({ ...person, exp: NOW / 1000 + 3600 }, { kid: "two" }, (second as Pair).privateKey),
    );
    expect(await read(rotated, { now: NOW + 61_000 })).toMatchObject({ ok: true });
    expect(state.fetches).toBe(2);
    const unknown = through(await sign(person, { kid: "made-up" }));
    for (let times = 0; times < 5; times++)
      expect(await read(unknown, { now: NOW + 62_000 })).toMatchObject(refused("proxy_key"));
    expect(state.fetches).toBe(2);
    expect(await read(rotated, { now: NOW + 12 * 60_000 })).toMatchObject({ ok: true });
    expect(state.fetches).toBe(3);
  });

  it("says when the keys cannot be had, and is not fooled by what is there instead", async () => {
    const { read, state } = issuer();
    state.status = 500;
    expect(await read(through(await sign(person)))).toMatchObject({
      ok: false,
      problem: { code: "unavailable", reason: "proxy_unreachable" },
    });
    state.status = 200;
    expect(await read(through(await sign(person)))).toMatchObject({ ok: true });
  });

  it("asks no private address for keys outside development", async () => {
    const { read, state } = issuer();
    const answer = await read(through(await sign(person)), { config: { jwksUrl: "http://169.254.169.254/keys" } });
    expect(answer).toMatchObject({ ok: false, problem: { reason: "proxy_unreachable" } });
    expect(state.fetches).toBe(0);
  });
});
