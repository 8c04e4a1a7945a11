import type { Context, Hono } from "hono";
import type { z } from "zod";
import type { AccountRow } from "#data/accounts";
import type { SessionRow } from "#data/sessions";
import { readJson } from "#platform/body";
import type { Env } from "#platform/env";
import { ProblemError } from "#platform/problem-response";
import { type Limit, limit } from "#platform/rate-limit";
import { invalidProblem } from "#platform/route";

/** Who is signed in on `app.BASE`. */
export interface SignedIn {
  account: AccountRow;
  session: SessionRow;
}
export type AccountEnv = { Bindings: Env; Variables: { requestId: string; signedIn: SignedIn | null } };

/** `anyone` leaves it to the handler; `signed_in` is an account, of whatever orgs. */
export type AccountPolicy = "anyone" | "signed_in";

export interface AccountInput<P extends AccountPolicy, Q, B> {
  env: Env;
  request: Request;
  requestId: string;
  signedIn: P extends "signed_in" ? SignedIn : SignedIn | null;
  params: Record<string, string>;
  query: Q;
  body: B;
}

type Schema = z.ZodType | undefined;
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** A route of `app.BASE`: it knows a person and no org, so that it neither has a principal of one nor its audit log. */
export interface AccountDefinition<P extends AccountPolicy, QS extends Schema, BS extends Schema> {
  method: "get" | "post" | "delete";
  path: string;
  summary: string;
  policy: P;
  query?: QS;
  body?: BS;
  status?: number;
  /** What is counted before anything is done. */
  limits?(input: AccountInput<P, Parsed<QS>, Parsed<BS>>): Limit[];
  handle(input: AccountInput<P, Parsed<QS>, Parsed<BS>>): Promise<unknown>;
}

export interface AccountRoute {
  method: string;
  path: string;
  summary: string;
  policy: AccountPolicy;
  body: Schema;
  serve(context: Context<AccountEnv>): Promise<Response>;
}

/** One route of `app.BASE`: schema, policy, limits and answer together. */
export function accountRoute<P extends AccountPolicy, QS extends Schema = undefined, BS extends Schema = undefined>(
  definition: AccountDefinition<P, QS, BS>,
): AccountRoute {
  const { method, path, summary, policy, body } = definition;
  return { method, path, summary, policy, body, serve: (context) => serve(definition, context) };
}

export function mountAccountRoutes(app: Hono<AccountEnv>, routes: AccountRoute[]): void {
  for (const route of routes) app.on(route.method.toUpperCase(), route.path, (context) => route.serve(context));
}

async function serve<P extends AccountPolicy, QS extends Schema, BS extends Schema>(
  definition: AccountDefinition<P, QS, BS>,
  context: Context<AccountEnv>,
): Promise<Response> {
  const input = await inputOf(definition, context);
  const headers = new Headers({ "cache-control": "no-store" });
  for (const one of definition.limits?.(input) ?? [])
    for (const [name, value] of await limit(context.env, one)) headers.append(name, value);
  const answer = await definition.handle(input);
  if (answer instanceof Response) return answer;
  const status = definition.status ?? (answer === undefined ? 204 : 200);
  return status === 204 ? new Response(null, { status, headers }) : Response.json(answer, { status, headers });
}

async function inputOf<P extends AccountPolicy, QS extends Schema, BS extends Schema>(
  { policy, query, body }: AccountDefinition<P, QS, BS>,
  context: Context<AccountEnv>,
): Promise<AccountInput<P, Parsed<QS>, Parsed<BS>>> {
  const signedIn = context.get("signedIn");
  if (policy === "signed_in" && !signedIn)
    throw new ProblemError({ code: "unauthenticated", detail: "Sign in to do this." });
  return {
    env: context.env,
    request: context.req.raw,
    requestId: context.get("requestId"),
    signedIn: signedIn as AccountInput<P, unknown, unknown>["signedIn"],
    params: context.req.param() as Record<string, string>,
    query: parse(query, context.req.query()) as Parsed<QS>,
    body: (body ? parse(body, await readJson(context.req.raw)) : undefined) as Parsed<BS>,
  };
}

function parse(schema: Schema, value: unknown): unknown {
  const result = schema?.safeParse(value);
  if (!result) return undefined;
  if (result.success) return result.data;
  throw new ProblemError(invalidProblem(result.error));
}
