import { parse } from "hono/utils/cookie";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { SIGN_IN_MS } from "../oidc/sign-in.ts";

/** What a browser was given when it began to sign in, or null. */
export function browserOf(env: Env, request: Request): string | null {
  const name = nameFor(env);
  return parse(request.headers.get("cookie") ?? "", name)[name] || null;
}

/** The `Set-Cookie` by which the browser is known again when it comes back from the provider: of this host alone, for ten minutes. */
export function browserCookie(env: Env, value: string): string {
  const secure = configOf(env).environment === "development" ? "" : "; Secure";
  return `${nameFor(env)}=${value}; Path=/; Max-Age=${SIGN_IN_MS / 1_000}; HttpOnly; SameSite=Lax${secure}`;
}

/** Over plain http a browser takes no `__Host-` cookie. */
function nameFor(env: Env): string {
  return configOf(env).environment === "development" ? "quayside_sign_in" : "__Host-quayside_sign_in";
}
