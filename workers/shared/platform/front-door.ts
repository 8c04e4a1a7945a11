import type { Context, MiddlewareHandler } from "hono";
import { configOf } from "./config.ts";
import { parseHost } from "./hosts.ts";
import { logEvent } from "./log.ts";
import { newId } from "./new-id.ts";
import { ProblemError, problemOf, problemResponse } from "./problem-response.ts";
import { limitWrites } from "./rate-limit.ts";
import type { AppEnv } from "./route.ts";
import { checkSameOrigin, isSafe } from "./same-origin.ts";
import { openSession, type Session } from "./session.ts";

const NO_ORG = { code: "not_found", detail: "There is no organisation at this address." } as const;
const NO_TOKEN = { code: "unauthenticated", detail: "Send an API key or an agent's token as a bearer token." } as const;

/** Request id, same-origin check, session and the one wide log event of every request to the api of an org. */
export function frontDoor(): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const startedMs = Date.now();
    const requestId = newId("request");
    context.set("requestId", requestId);
    context.set("principal", null);
    const session = await sessionAt(context);
    context.set("principal", session.principal);
    context.set("org", session.org);
    if (!isSafe(context.req.method))
      await limitWrites(context.env, session.org.id, session.principal?.memberId ?? null);
    await next();
    markAnswer(context, requestId);
    logEvent(context.env, "api.request", {
      requestId,
      method: context.req.method,
      path: context.req.path,
      orgId: session.org.id,
      memberId: session.principal?.memberId,
      status: context.res.status,
      ms: Date.now() - startedMs,
    });
  };
}

async function sessionAt({ env, req }: Context<AppEnv>): Promise<Session> {
  const sameOrigin = checkSameOrigin(req.raw);
  if (!sameOrigin.ok) throw new ProblemError(sameOrigin.problem);
  const host = parseHost(new URL(req.url).host, configOf(env));
  const session = await openSession(env, req.raw, host.kind === "org" ? host.slug : null);
  if (session?.refused) throw new ProblemError(session.refused);
  if (session) return session;
  throw new ProblemError(host.kind === "org" ? NO_ORG : NO_TOKEN);
}

/** A switched protocol has no headers to add to. */
function markAnswer(context: Context<AppEnv>, requestId: string): void {
  if (context.res.status === 101) return;
  context.header("x-request-id", requestId);
}

/** The answer for anything thrown on the way; the cause goes to the log. */
export function answerError(error: Error, context: Context<AppEnv>): Response {
  const problem = problemOf(error);
  const requestId = context.get("requestId");
  if (problem.code === "internal" || !(error instanceof ProblemError)) {
    logEvent(context.env, "api.error", { requestId, path: context.req.path, error });
  }
  const response = problemResponse(problem, requestId);
  if (error instanceof ProblemError)
    error.headers?.forEach((value, name) => {
      response.headers.set(name, value);
    });
  return response;
}
