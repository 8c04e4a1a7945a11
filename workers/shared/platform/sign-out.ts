import { z } from "zod";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { hostUrl } from "./hosts.ts";
import { issueCode, redeemCode } from "./one-time-codes.ts";

const SIGN_OUT_MS = 60_000;

const signedInAt = z.object({ id: z.string(), orgId: z.string().nullable(), idToken: z.string().nullable() });
/** The provider at which a person signed in, and the ID token that it gave: what a session keeps as `signOut`, in JSON. */
export type SignedInAt = z.infer<typeof signedInAt>;

/**
 * Where to send a browser whose session on `app.BASE` has just ended, so that it ends at the provider too: an address that works
 * once, for a minute. Null where the person did not sign in at a provider.
 */
export async function signOutAddress(env: Env, signOut: string | null): Promise<string | null> {
  const payload = signOut === null ? null : signedInAt.safeParse(JSON.parse(signOut)).data;
  if (!payload) return null;
  const code = await issueCode(env, "sign_out", { payload, ttlMs: SIGN_OUT_MS });
  return `${hostUrl(configOf(env), "auth")}/sign-out?${new URLSearchParams({ code })}`;
}

/** Where somebody who brings this code had signed in; the code is used up. */
export function takeSignOut(env: Env, code: string): Promise<SignedInAt | null> {
  return redeemCode(env, { purpose: "sign_out", secret: code }, signedInAt);
}
