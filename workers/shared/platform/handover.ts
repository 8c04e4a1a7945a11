import { z } from "zod";
import { configOf } from "./config.ts";
import { isSameText } from "./constant-time.ts";
import type { Env } from "./env.ts";
import { hostUrl } from "./hosts.ts";
import { issueCode, redeemCode } from "./one-time-codes.ts";
import { randomToken, sha256Hex } from "./random-token.ts";

/*
 * A session is of one host. To get one on another host a browser is sent there with a code that works once, for 60 seconds, for that
 * host, and in the browser that began: it keeps a random text in a cookie of its own host, whose digest travels. So a link with
 * somebody else's code signs nobody in.
 */
const HANDOVER_MS = 60_000;
const BEGUN_S = 10 * 60;
const BEGUN = "quayside_begun";

const handover = z.object({
  accountId: z.string(),
  /** The org whose host it is for; null for `app.BASE`. */
  hostOrgId: z.string().nullable(),
  /** The session on `app.BASE` that the new one ends with. */
  parentId: z.string().nullable(),
  /** Digest of what the browser that began keeps. */
  browser: z.string(),
  /** Where an identity provider ends its own session. */
  signOut: z.string().nullable(),
});
export type Handover = z.infer<typeof handover>;

/** A path of the same host, never another site: `//`, backslashes and control characters lead there in browsers. */
export function localPath(text: string | null | undefined): string {
  return text && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(text) ? text : "/";
}

/** Begins in this browser: the digest to send on, and the `Set-Cookie` that keeps what it is of. */
export async function beginHandover(env: Env): Promise<{ browser: string; cookie: string }> {
  const secret = randomToken();
  return { browser: await sha256Hex(secret), cookie: cookieWith(env, secret, BEGUN_S) };
}

/** Where to send a browser so that it gets a session there. `host` is an org's slug, or `app`. */
export async function handoverUrl(env: Env, payload: Handover, target: { host: string; to: string }): Promise<string> {
  const code = await issueCode(env, "handover", { payload, ttlMs: HANDOVER_MS });
  const query = new URLSearchParams({ code, to: localPath(target.to) });
  return `${hostUrl(configOf(env), target.host)}/session/accept?${query}`;
}

/** Whom a code on this host stands for, in the browser that began; null where it is anything else. The code is used up. */
export async function takeHandover(env: Env, request: Request, hostOrgId: string | null): Promise<Handover | null> {
  const secret = new URL(request.url).searchParams.get("code") ?? "";
  const found = await redeemCode(env, { purpose: "handover", secret }, handover);
  const kept = new RegExp(`(?:^|;\\s*)${cookieName(env)}=([\\w-]{20,})`).exec(request.headers.get("cookie") ?? "")?.[1];
  // Nothing kept is no beginning: the digest of an empty text is one that anybody can send.
  if (!found || found.hostOrgId !== hostOrgId || kept === undefined) return null;
  return (await isSameText(found.browser, await sha256Hex(kept))) ? found : null;
}

/** The `Set-Cookie` that forgets the beginning. */
export function endedHandover(env: Env): string {
  return cookieWith(env, "", 0);
}

function cookieName(env: Env): string {
  return configOf(env).environment === "development" ? BEGUN : `__Host-${BEGUN}`;
}

function cookieWith(env: Env, value: string, maxAgeS: number): string {
  const secure = configOf(env).environment === "development" ? "" : "; Secure";
  return `${cookieName(env)}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${secure}`;
}

/** A redirect that is kept nowhere and tells the next site nothing. */
export function redirectTo(location: string, ...cookies: string[]): Response {
  const headers = new Headers({ location, "cache-control": "no-store", "referrer-policy": "no-referrer" });
  for (const one of cookies) headers.append("set-cookie", one);
  return new Response(null, { status: 302, headers });
}
