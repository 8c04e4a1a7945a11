import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { hostUrl } from "./hosts.ts";
import { issueCode } from "./one-time-codes.ts";

const SET_PASSWORD_MS = 7 * 24 * 60 * 60_000;

/** A page of `app.BASE` with a secret in the fragment: that is sent to no server and stands in no log. */
export function pageUrl(env: Env, page: string, secret: string): string {
  return `${hostUrl(configOf(env), "app")}/${page}#${secret}`;
}

/** A link by which the owner of an account sets a password, once within a week; null where there are no passwords. */
export async function setPasswordLink(env: Env, accountId: string): Promise<string | null> {
  if (configOf(env).authMode !== "LOCAL") return null;
  const secret = await issueCode(env, "set_password", {
    payload: { accountId, verifies: false },
    ttlMs: SET_PASSWORD_MS,
  });
  return pageUrl(env, "reset", secret);
}
