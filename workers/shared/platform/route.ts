import type { Context, Hono } from "hono";
import type { z } from "zod";
import type { AuditAction } from "#contract/audit";
import type { ProblemCode } from "#contract/problem";
import type { Org } from "#data/orgs";
import { readBytes, readJson } from "./body.ts";
import type { Env } from "./env.ts";
import type { Policy } from "./policy.ts";
import type { Principal } from "./principal.ts";
import { ProblemError } from "./problem-response.ts";
import { actionOf, audited, auditRefusal, limitEntries, type RouteAudit } from "./route-audit.ts";

/** What the middleware of every host leaves on the request. */
export interface RequestState {
  requestId: string;
  principal: Principal | null;
  /** The org of the host. */
  org: Org;
}
export type AppEnv = { Bindings: Env; Variables: RequestState };

type Schema = z.ZodType | undefined;
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;
/** `bytes` of at most `maxBytes`, read whole; their meaning is the handler's. */
export type BytesBody = { bytes: true; maxBytes: number };
type Body<B> = B extends BytesBody ? Uint8Array : Parsed<B>;

export interface RouteInput<P, Params, Query, B> {
  env: Env;
  ctx: ExecutionContext;
  request: Request;
  requestId: string;
  org: Org;
  principal: P;
  params: Params;
  query: Query;
  body: B;
}

interface RouteShape<P, PS extends Schema, QS extends Schema, BS extends Schema | BytesBody> {
  /** Hono's path, such as `/conversations/:id`, below `/api`. */
  path: string;
  summary: string;
  tag: string;
  policy: Policy<P>;
  params?: PS;
  query?: QS;
  body?: BS;
  /** Schema of the JSON answer; absent where the answer is a stream, bytes or empty. */
  response?: z.ZodType;
  /** Status of success, 200 unless told. */
  status?: number;
  problems: ProblemCode[];
  handle(input: RouteInput<P, Parsed<PS>, Parsed<QS>, Body<BS>>): Promise<unknown>;
}

/** What writes says what entry it leaves in the audit log, or that the log of its conversation is the record. */
type Method<I> =
  | { method: "get"; audit?: RouteAudit<I> }
  | { method: "post" | "put" | "patch" | "delete"; audit: RouteAudit<I> | "log" };

export type RouteDefinition<P, PS extends Schema, QS extends Schema, BS extends Schema | BytesBody> = RouteShape<
  P,
  PS,
  QS,
  BS
> &
  Method<RouteInput<P, Parsed<PS>, Parsed<QS>, Body<BS>>>;

/** A route without its types, for the mount and the OpenAPI document. */
export type AnyRoute = Omit<RouteShape<unknown, Schema, Schema, Schema | BytesBody>, "handle"> & {
  method: Method<never>["method"];
  audit: AuditAction | "log" | null;
  serve(context: Context<AppEnv>): Promise<Response>;
};

/** One route: schema, policy, audit, handler and answer together. A route without a policy, or that writes unaudited, does not compile. */
export function defineRoute<
  P,
  PS extends Schema = undefined,
  QS extends Schema = undefined,
  BS extends Schema | BytesBody = undefined,
>(definition: RouteDefinition<P, PS, QS, BS>): AnyRoute {
  return {
    ...definition,
    policy: definition.policy as Policy<unknown>,
    audit: auditOf(definition.audit),
    serve: (context) => serve(definition, context),
  };
}

/** Mounts routes on an app. */
export function mountRoutes(app: Hono<AppEnv>, routes: AnyRoute[]): void {
  for (const route of routes) app.on(route.method.toUpperCase(), route.path, (context) => route.serve(context));
}

async function serve<P, PS extends Schema, QS extends Schema, BS extends Schema | BytesBody>(
  definition: RouteDefinition<P, PS, QS, BS>,
  context: Context<AppEnv>,
): Promise<Response> {
  const audit = definition.audit === "log" ? undefined : definition.audit;
  const known = {
    env: context.env,
    request: context.req.raw,
    requestId: context.get("requestId"),
    org: context.get("org"),
  };
  // An entry is a write, whatever the method.
  if (audit && definition.method === "get") await limitEntries({ ...known, principal: context.get("principal") });
  const admitted = definition.policy.admit(context.get("principal"));
  if (!admitted.ok) {
    const asked = { ...known, principal: context.get("principal"), params: context.req.param() };
    if (audit) await auditRefusal(audit, asked, admitted.problem);
    throw new ProblemError(admitted.problem);
  }
  const input = {
    ...known,
    ctx: context.executionCtx as ExecutionContext,
    principal: admitted.value,
    params: parseParams(definition.params, context.req.param()) as Parsed<PS>,
    query: parse(definition.query, context.req.query()) as Parsed<QS>,
    body: (await readBody(definition.body, context.req.raw)) as Body<BS>,
  };
  const act = async () => answerOf(await definition.handle(input), definition.status ?? 200);
  return audit ? audited(audit, input, act) : act();
}

function auditOf(audit: RouteAudit<never> | "log" | undefined): AuditAction | "log" | null {
  if (audit === undefined) return null;
  return audit === "log" ? audit : actionOf(audit);
}

function answerOf(answer: unknown, status: number): Response {
  if (answer instanceof Response) return answer;
  if (answer === undefined || status === 204) return new Response(null, { status: status === 200 ? 204 : status });
  return Response.json(answer, { status, headers: { "cache-control": "no-store" } });
}

/** An id of the wrong form names nothing, so it is `not_found` and not `invalid`. */
function parseParams(schema: Schema, value: unknown): unknown {
  const result = schema?.safeParse(value);
  if (!result) return undefined;
  if (result.success) return result.data;
  throw new ProblemError({ code: "not_found", detail: "Nothing is here." });
}

function parse(schema: Schema, value: unknown): unknown {
  const result = schema?.safeParse(value);
  if (!result) return undefined;
  if (result.success) return result.data;
  throw new ProblemError(invalidProblem(result.error));
}

/** `invalid` with every field that was refused. */
export function invalidProblem(error: z.ZodError) {
  const fields = error.issues.map((issue) => ({ field: issue.path.join(".") || "(body)", message: issue.message }));
  const first = fields[0];
  const detail = first ? `${first.field}: ${first.message}` : "The request is not valid.";
  return { code: "invalid" as const, detail, fields };
}

async function readBody(body: Schema | BytesBody, request: Request): Promise<unknown> {
  if (!body) return undefined;
  if ("bytes" in body) return readBytes(request, body.maxBytes);
  return parse(body, await readJson(request));
}
