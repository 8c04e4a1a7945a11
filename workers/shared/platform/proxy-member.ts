import { fail, ok, type Result } from "#contract/problem";
import type { MemberRow } from "#data/members";
import { findOrg, type Org } from "#data/orgs";
import { roleOfGroups } from "#domain/identity/group-roles";
import type { ProxyConfig } from "./auth-config.ts";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { accountOf } from "./identities.ts";
import { memberIn } from "./membership.ts";
import { readProxyIdentity } from "./proxy-token.ts";

/**
 * Whom a request behind the forward-auth proxy speaks for in an org: a person is taken in when first seen where the org's policy or
 * the configured roles say so (identity.md §1, KEYCLOAK_FIREWALL). A refusal says why, with its own `reason`.
 */
export async function memberByProxy(env: Env, request: Request, org: Org): Promise<Result<MemberRow>> {
  const { auth, environment } = configOf(env);
  if (!auth.proxy) return fail("unauthenticated", "There is no sign-in proxy here.", { reason: "proxy_missing" });
  const deps = { config: auth.proxy, development: environment === "development", now: Date.now() };
  const identity = await readProxyIdentity(request, deps);
  if (!identity.ok) return identity;
  const row = await findOrg(env, org.id);
  const role = roleIn(auth.proxy, org, identity.value.groups);
  const account = await accountOf(env, { identity: identity.value, org: row, providerOrgId: null, role });
  if (!account.ok) return account;
  const member = row && (await memberIn(env, row, account.value));
  if (member) return ok(member);
  return fail("forbidden", "This organisation takes nobody in by itself. Ask an administrator.", {
    reason: "not_admitted",
  });
}

function roleIn(config: ProxyConfig, org: Org, groups: string[]) {
  return config.org === org.slug ? roleOfGroups(config.roleOfGroup, groups) : null;
}
