import type { SignInWays } from "#contract/account";
import type { Org } from "#data/orgs";
import { findOrg } from "#data/orgs";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { canMail } from "#platform/mailer";
import { providersFor } from "#platform/sign-in-providers";

/** How people sign in here, or into one org. */
export async function waysInto(env: Env, org: Org | null): Promise<SignInWays> {
  const config = configOf(env);
  const row = org && (await findOrg(env, org.id));
  const password = config.authMode === "LOCAL";
  const open = row ? row.signUp === "open" || row.signUp === "domains" : config.signUp === "open" && canMail(env);
  const providers = config.authMode === "OAUTH" ? await providersFor(env, org?.id ?? null) : [];
  return {
    password,
    register: password && open,
    providers: providers.map(({ id, name, orgId }) => {
      const own = orgId !== null;
      const host = hostUrl(config, own && org ? org.slug : "app");
      return { id, name, own, url: `${host}/session/begin?${new URLSearchParams({ provider: id })}` };
    }),
  };
}
