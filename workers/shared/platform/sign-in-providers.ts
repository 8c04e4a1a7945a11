import { z } from "zod";
import { orgRole } from "#contract/member";
import { findIdentityProvider, type IdentityProviderRow, listIdentityProviders } from "#data/identity-providers";
import { forTenant } from "#data/tenant-db";
import type { OidcProvider } from "./auth-config.ts";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { identityProviderPlace } from "./secret-places.ts";
import { openFor } from "./secrets.ts";

/** Where people sign in: a provider of the deployment, or of one org. */
export type SignInProvider = OidcProvider & { orgId: string | null };

const roles = z.record(z.string(), orgRole);

/** The providers of the deployment, and with an org also its own that are enabled. No client secret is opened for this. */
export async function providersFor(
  env: Env,
  orgId: string | null,
): Promise<Pick<SignInProvider, "id" | "name" | "orgId">[]> {
  const deployed = configOf(env).auth.oidcProviders.map(({ id, name }) => ({ id, name, orgId: null }));
  const own = orgId === null ? [] : await listIdentityProviders(forTenant(env, { orgId }));
  return [...deployed, ...own.filter((one) => one.enabled).map(({ id, name }) => ({ id, name, orgId }))];
}

/** One provider with its client secret, ready for a sign-in; null where there is none, or it is disabled. */
export async function findSignInProvider(
  env: Env,
  known: { id: string; orgId: string | null },
): Promise<SignInProvider | null> {
  const { id, orgId } = known;
  if (orgId === null) {
    const deployed = configOf(env).auth.oidcProviders.find((one) => one.id === id);
    return deployed ? { ...deployed, orgId } : null;
  }
  const row = await findIdentityProvider(forTenant(env, { orgId }), id);
  return row?.enabled ? ofRow(env, row) : null;
}

async function ofRow(env: Env, row: IdentityProviderRow): Promise<SignInProvider> {
  const { id, orgId, name, issuer, clientId, scopes, groupsClaim, secretSealed } = row;
  const secret = secretSealed && (await openFor(env, identityProviderPlace(orgId, id), secretSealed));
  return {
    ...{ id, orgId, name, issuer, clientId, scopes },
    ...(secret ? { clientSecret: secret } : {}),
    groupsClaim: groupsClaim ?? "groups",
    roleOfGroup: roles.catch({}).parse(JSON.parse(row.roleOfGroup)),
    requireVerifiedEmail: true,
  };
}
