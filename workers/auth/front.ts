import { Hono } from "hono";
import type { Env } from "#platform/env";
import { logEvent } from "#platform/log";
import { newId } from "#platform/new-id";
import { ProblemError, problemOf, problemResponse } from "#platform/problem-response";

export interface AuthEnv {
  Bindings: Env;
  Variables: { requestId: string };
}

/**
 * An app of this room: a request id, and one log event without the query, where codes and states stand. Nothing is kept in caches
 * unless it says so.
 */
export function newAuthApp(name: string): Hono<AuthEnv> {
  const app = new Hono<AuthEnv>();
  app.onError((error, context) => {
    const problem = problemOf(error);
    const requestId = context.get("requestId");
    if (problem.code === "internal" || !(error instanceof ProblemError))
      logEvent(context.env, `${name}.error`, { requestId, path: context.req.path, error });
    const response = problemResponse(problem, requestId);
    return error instanceof ProblemError ? withHeaders(response, error.headers) : response;
  });
  app.notFound((context) => problemResponse(nothingHere, context.get("requestId")));
  app.use("*", async (context, next) => {
    const startedMs = Date.now();
    context.set("requestId", newId("request"));
    await next();
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
    context.header("x-request-id", context.get("requestId"));
    logEvent(context.env, `${name}.request`, {
      requestId: context.get("requestId"),
      method: context.req.method,
      path: context.req.path,
      status: context.res.status,
      ms: Date.now() - startedMs,
    });
  });
  return app;
}

/** The response with these fields too. */
export function withHeaders(response: Response, headers: Headers | undefined): Response {
  headers?.forEach((value, name) => {
    response.headers.set(name, value);
  });
  return response;
}

/** What an address answers that this room does not serve. */
export const nothingHere = { code: "not_found", detail: "Nothing is here." } as const;
