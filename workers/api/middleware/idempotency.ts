import type { MiddlewareHandler } from "hono";
import { LIMITS } from "#contract/limits";
import { claimKey, dropKey, keepAnswer } from "#data/idempotency";
import { forTenant } from "#data/tenant-db";
import { readBytes } from "#platform/body";
import { ProblemError } from "#platform/problem-response";
import type { AppEnv } from "#platform/route";

const KEY_CHARS = 255;

/**
 * `Idempotency-Key` on any POST: the first answer is kept and a repeat with the same body gets it again. The same key with
 * another body, or while the first is under way, is a `conflict`.
 */
export function idempotency(): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const key = context.req.header("idempotency-key");
    const principal = context.get("principal");
    if (context.req.method !== "POST" || key === undefined || principal?.kind !== "member") return next();
    checkKey(key);
    const bytes = await readBytes(context.req.raw.clone() as Request, LIMITS.attachmentBytes);
    const db = forTenant(context.env, principal);
    const claim = { memberId: principal.memberId, key, digest: await digestOf(context.req.path, bytes) };
    const known = await claimKey(db, claim);
    if (known !== null) {
      context.res = replay(known, claim.digest);
      return;
    }
    await next();
    if (context.res.status >= 400) await dropKey(db, claim);
    else await keepAnswer(db, claim, { status: context.res.status, body: await context.res.clone().text() });
  };
}

function checkKey(key: string): void {
  if (key !== "" && key.length <= KEY_CHARS) return;
  throw new ProblemError({ code: "invalid", detail: `Idempotency-Key: must have 1 to ${KEY_CHARS} characters.` });
}

function replay(known: NonNullable<Awaited<ReturnType<typeof claimKey>>>, digest: string): Response {
  if (known.digest !== digest) {
    throw new ProblemError({ code: "conflict", detail: "This Idempotency-Key was used with another request." });
  }
  if (known.answer === null) {
    throw new ProblemError({
      code: "conflict",
      detail: "The first request with this Idempotency-Key is under way.",
      retryAfterS: 1,
    });
  }
  const headers = { "content-type": "application/json", "cache-control": "no-store", "idempotent-replay": "true" };
  return new Response(known.answer.body, { status: known.answer.status, headers });
}

async function digestOf(path: string, bytes: Uint8Array): Promise<string> {
  const body = await crypto.subtle.digest("SHA-256", bytes as BufferSource);
  return `${path} ${[...new Uint8Array(body)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
