import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";
import type { Env } from "./env.ts";

const key = btoa("k".repeat(32));
const read = (more: Record<string, string>) =>
  readConfig({ BASE: "quay.example", SECRETS_KEY: key, TOKEN_KEY: key, ...more } as unknown as Env);
const errorOf = (more: Record<string, string>) => {
  const result = read(more);
  return result.ok ? "" : result.error;
};
const proxy = {
  AUTH_MODE: "KEYCLOAK_FIREWALL",
  PROXY_ISSUER: "https://sso.example/realms/quay",
  PROXY_AUDIENCE: "quayside",
  PROXY_JWKS_URL: "https://sso.example/certs",
  PROXY_SECRET: "s".repeat(32),
};
const provider = { id: "sso", name: "SSO", issuer: "https://sso.example", clientId: "quayside" };

describe("the settings of sign-in", () => {
  it("reads identity providers with what they leave out", () => {
    const result = read({ AUTH_MODE: "OAUTH", OIDC_PROVIDERS: JSON.stringify([provider]) });
    expect(result).toMatchObject({ ok: true, config: { auth: { proxy: null } } });
    expect(result.ok && result.config.auth.oidcProviders).toEqual([
      {
        ...provider,
        scopes: "openid profile email",
        groupsClaim: "groups",
        roleOfGroup: {},
        requireVerifiedEmail: true,
      },
    ]);
  });

  it.each([
    ["production", "quay.example"],
    ["production", "localhost:8787"],
    ["development", "quay.example"],
    ["development", "localhost.quay.example"],
  ])("refuses to make everybody an administrator in %s on %s, and says why", (environment, base) => {
    const why = "AUTH_MODE is NONE, which makes every request an administrator; that is allowed only in development";
    for (const mode of [{}, { AUTH_MODE: "NONE" }])
      expect(errorOf({ ENVIRONMENT: environment, BASE: base, ...mode })).toContain(why);
  });

  it.each(["localhost:8787", "quay.localhost", "127.0.0.1:8787"])("lets everybody in on loopback: %s", (base) => {
    expect(errorOf({ ENVIRONMENT: "development", BASE: base, AUTH_MODE: "NONE" })).toBe("");
  });

  it.each([
    ["not JSON", "OIDC_PROVIDERS is not valid JSON"],
    [JSON.stringify([{ ...provider, issuer: "sso" }]), "OIDC_PROVIDERS.0.issuer"],
    [JSON.stringify([{ ...provider, scopes: "email" }]), "OIDC_PROVIDERS.0.scopes must hold openid"],
    [JSON.stringify([{ ...provider, secret: "x" }]), "OIDC_PROVIDERS.0"],
    [JSON.stringify([{ ...provider, roleOfGroup: { staff: "king" } }]), "OIDC_PROVIDERS.0.roleOfGroup.staff"],
    [
      JSON.stringify([{ ...provider, roleOfGroup: { staff: "member" } }]),
      "OIDC_PROVIDERS.0.org is needed by roleOfGroup",
    ],
    [JSON.stringify([provider, provider]), "OIDC_PROVIDERS must not hold two providers with one id"],
  ])("refuses %s and names the field", (value, words) => {
    expect(errorOf({ AUTH_MODE: "OAUTH", OIDC_PROVIDERS: value })).toContain(words);
  });

  it("reads the proxy's settings, and needs all of them in its mode", () => {
    const result = read({
      ...proxy,
      PROXY_JWT_HEADER: "Cf-Access-Jwt-Assertion",
      PROXY_ROLE_MAP: '{"staff":"member"}',
      PROXY_ORG: "harbour",
    });
    expect(result.ok && result.config.auth.proxy).toMatchObject({
      header: "cf-access-jwt-assertion",
      rolesClaim: "realm_access.roles",
      org: "harbour",
      roleOfGroup: { staff: "member" },
      trustsEmail: false,
    });
    for (const variable of ["PROXY_ISSUER", "PROXY_AUDIENCE", "PROXY_JWKS_URL", "PROXY_SECRET"]) {
      const { [variable]: _, ...rest } = proxy as Record<string, string>;
      expect(errorOf(rest)).toContain(`${variable} is needed by AUTH_MODE=KEYCLOAK_FIREWALL`);
    }
    const nowhere = { ...proxy, PROXY_ROLE_MAP: '{"staff":"member"}' };
    expect(errorOf(nowhere)).toContain("PROXY_ORG is needed by PROXY_ROLE_MAP");
    const short = errorOf({ ...proxy, PROXY_SECRET: "short" });
    expect(short).toContain("PROXY_SECRET must have 32 characters at least");
    expect(short).not.toContain("needed");
  });
});
