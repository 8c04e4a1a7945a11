import { parse } from "hono/utils/cookie";
import {
  findSession,
  insertSession,
  revokeSessions,
  rootOfSession,
  type SessionRow,
  touchSession,
  type WhichSessions,
} from "#data/sessions";
import { networkOf } from "#domain/audit/network";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { newId } from "./new-id.ts";
import { randomToken, sha256Hex } from "./random-token.ts";
import { closeSocketsOf } from "./revocation.ts";

const DAY_MS = 24 * 60 * 60_000;
/** It ends this long after its last use, and this long after its start, whichever comes first. */
const SLIDING_MS = 30 * DAY_MS;
const HARD_MS = 90 * DAY_MS;
/** Its last use is noted this often. */
const TOUCH_MS = 60 * 60_000;
const AGENT_CHARS = 200;

export interface NewSession {
  accountId: string;
  /** The org whose host it is for; null on `app.BASE`. */
  hostOrgId: string | null;
  /** The session on `app.BASE` it comes from, and ends with. Null on an org's host: it is good for that org alone. */
  parentId: string | null;
  /** Where the identity provider ends its own. */
  signOut?: string | null;
}

/** Starts a session; its token goes into a cookie and is kept nowhere. */
export async function startSession(
  env: Env,
  request: Request,
  made: NewSession,
): Promise<{ id: string; token: string }> {
  const token = randomToken();
  const now = Date.now();
  const id = newId("session");
  await insertSession(env, {
    ...{ id, tokenHash: await sha256Hex(token), accountId: made.accountId, hostOrgId: made.hostOrgId },
    ...{ parentId: made.parentId, signOut: made.signOut ?? null, revokedAt: null, createdAt: now, seenAt: now },
    userAgent: (request.headers.get("user-agent") ?? "").slice(0, AGENT_CHARS),
    address: networkOf(request.headers.get("cf-connecting-ip")) ?? "",
  });
  return { id, token };
}

/**
 * The session of a request's cookie on the host of an org, or on `app.BASE` with null; null where it is none, of another host, or over.
 * The host's org may still be looked for (undefined: there is none such).
 */
export async function sessionOf(
  env: Env,
  request: Request,
  hostOrgId: string | null | Promise<string | undefined>,
): Promise<SessionRow | null> {
  const name = cookieName(env);
  const token = parse(request.headers.get("cookie") ?? "", name)[name];
  if (!token) return null;
  const [session, host] = await Promise.all([findSession(env, await sha256Hex(token)), hostOrgId]);
  const now = Date.now();
  if (!session || session.hostOrgId !== host) return null;
  if (session.seenAt + SLIDING_MS <= now || session.since + HARD_MS <= now) return null;
  if (session.seenAt + TOUCH_MS <= now) await touchSession(env, session, now);
  return session;
}

/** The sign-in from which a session comes: itself, where it is one; null for no session. */
export async function rootOf(env: Env, sessionId: string | null): Promise<SessionRow | null> {
  return sessionId === null ? null : rootOfSession(env, sessionId);
}

/** Ends sessions, and closes their sockets. */
export async function endSessions(env: Env, which: WhichSessions): Promise<SessionRow[]> {
  const ended = await revokeSessions(env, which, Date.now());
  await closeSocketsOf(env, ended);
  return ended;
}

/** The `Set-Cookie` that a session's token goes into: of this host alone, and unreadable for scripts. */
export function sessionCookie(env: Env, token: string): string {
  return cookieOf(env, token, HARD_MS / 1_000);
}

/** The `Set-Cookie` that removes it. */
export function endedCookie(env: Env): string {
  return cookieOf(env, "", 0);
}

function cookieOf(env: Env, value: string, maxAgeS: number): string {
  const secure = configOf(env).environment === "development" ? "" : "; Secure";
  return `${cookieName(env)}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${secure}`;
}

/** In development over plain http a browser takes no `__Host-` cookie. */
function cookieName(env: Env): string {
  return configOf(env).environment === "development" ? "quayside_session" : "__Host-quayside_session";
}
