import { createMiddleware } from "hono/factory";
import { findAccount } from "#data/accounts";
import type { Env } from "#platform/env";
import { logEvent } from "#platform/log";
import { newId } from "#platform/new-id";
import { ProblemError } from "#platform/problem-response";
import { checkSameOrigin } from "#platform/same-origin";
import { sessionOf } from "#platform/sessions";
import type { AccountEnv, SignedIn } from "./route.ts";

/** Request id, same-origin check, who is signed in, and the one log event of a request to `app.BASE`, without its query. */
export function accountFront() {
  return createMiddleware<AccountEnv>(async (context, next) => {
    const startedMs = Date.now();
    const requestId = newId("request");
    context.set("requestId", requestId);
    context.set("signedIn", null);
    const sameOrigin = checkSameOrigin(context.req.raw);
    if (!sameOrigin.ok) throw new ProblemError(sameOrigin.problem);
    context.set("signedIn", await signedInOf(context.env, context.req.raw));
    await next();
    context.header("x-request-id", requestId);
    context.header("x-content-type-options", "nosniff");
    logEvent(context.env, "account.request", {
      requestId,
      method: context.req.method,
      path: context.req.path,
      accountId: context.get("signedIn")?.account.id,
      status: context.res.status,
      ms: Date.now() - startedMs,
    });
  });
}

/** The account of a request's session on `app.BASE`; null for a stranger, and for who was suspended. */
export async function signedInOf(env: Env, request: Request): Promise<SignedIn | null> {
  const session = await sessionOf(env, request, null);
  const account = session && (await findAccount(env, session.accountId));
  return session && account?.status === "active" ? { session, account } : null;
}
