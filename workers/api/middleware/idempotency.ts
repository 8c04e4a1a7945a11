import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { LIMITS } from "#contract/limits";
import { type Claim, claimKey, dropKey, keepAnswer } from "#data/idempotency";
import { forTenant } from "#data/tenant-db";
import { readBytes } from "#platform/body";
import type { Env } from "#platform/env";
import type { MemberPrincipal } from "#platform/principal";
import { ProblemError } from "#platform/problem-response";
import type { AppEnv } from "#platform/route";
import { keptAnswerPlace } from "#platform/secret-places";
import { openFor, sealFor } from "#platform/secrets";

const KEY_CHARS = 255;
const answerSchema = z.object({ status: z.number().int(), body: z.string() });
type Answer = z.infer<typeof answerSchema>;
type Known = NonNullable<Awaited<ReturnType<typeof claimKey>>>;

/**
 * `Idempotency-Key` on any POST: the first answer is kept for a day and a repeat with the same body gets it again. The same key with
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
    const claim = { memberId: principal.memberId, key, digest: await digestOf(context.req.path, principal, bytes) };
    const known = await claimKey(db, claim);
    if (known !== null) {
      context.res = await replay(context.env, { orgId: db.orgId, claim, known });
      return;
    }
    await next();
    if (context.res.status >= 400) await dropKey(db, claim);
    else await keepAnswer(db, claim, await sealed(context.env, { orgId: db.orgId, claim }, context.res.clone()));
  };
}

function checkKey(key: string): void {
  if (key !== "" && key.length <= KEY_CHARS) return;
  throw new ProblemError({ code: "invalid", detail: `Idempotency-Key: must have 1 to ${KEY_CHARS} characters.` });
}

interface Claimed {
  orgId: string;
  claim: Claim;
}

async function sealed(env: Env, { orgId, claim }: Claimed, response: Response): Promise<string> {
  const answer: Answer = { status: response.status, body: await response.text() };
  return sealFor(env, keptAnswerPlace(orgId, claim), JSON.stringify(answer));
}

/** Answers that were kept before they were sealed are JSON. */
async function opened(env: Env, { orgId, claim }: Claimed, kept: string): Promise<Answer> {
  const text = kept.startsWith("{") ? kept : await openFor(env, keptAnswerPlace(orgId, claim), kept);
  return answerSchema.parse(JSON.parse(text));
}

async function replay(env: Env, first: Claimed & { known: Known }): Promise<Response> {
  const { claim, known } = first;
  if (known.digest !== claim.digest) {
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
  const { status, body } = await opened(env, first, known.answer);
  return new Response(body, { status, headers });
}

/** What a key was used for, and with which rights: an answer that tells a secret is not told again to a token that may less. */
async function digestOf(path: string, { role, scopes }: MemberPrincipal, bytes: Uint8Array): Promise<string> {
  const body = await crypto.subtle.digest("SHA-256", bytes as BufferSource);
  return `${path} ${role} ${scopes?.toSorted().join() ?? "*"} ${[...new Uint8Array(body)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
