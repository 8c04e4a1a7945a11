import { type Context, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { DEMO_MODEL } from "#contract/provider";
import { listProviders } from "#data/providers";
import { forTenant } from "#data/tenant-db";
import { readBytes } from "#platform/body";
import type { Env } from "#platform/env";
import { logEvent } from "#platform/log";
import type { RunPrincipal } from "#platform/principal";
import { problemOf } from "#platform/problem-response";
import { invalidProblem } from "#platform/route";
import { verifyRunToken } from "#platform/tokens";
import { answer } from "./answer.ts";
import { openCall } from "./call.ts";
import { countTokensOf } from "./count-tokens.ts";
import { gatewayWorld } from "./deps.ts";
import { type Body, type Dialect, errorResponse } from "./dialect.ts";
import { chatDialect } from "./dialects/chat.ts";
import { countEnvelope, messagesDialect } from "./dialects/messages.ts";
import { responsesDialect } from "./dialects/responses.ts";
import { failure } from "./errors.ts";
import type { Exchange } from "./responder.ts";

/** A whole context window with images fits. */
const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

type GatewayEnv = { Bindings: Env; Variables: { principal: RunPrincipal } };

/** The LLM gateway (spec §6): three dialects for callers that hold a run token, and nothing for anybody else. */
export const llmApp = new Hono<GatewayEnv>();

const runTokenOnly = createMiddleware<GatewayEnv>(async (context, next) => {
  const bearer = /^Bearer\s+(\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  const token = bearer ?? context.req.header("x-api-key");
  const principal = token ? await verifyRunToken(context.env, token) : null;
  if (!principal)
    return errorResponse(
      dialectOf(context),
      failure({ code: "unauthenticated", detail: "A valid run token is needed." }),
    );
  context.set("principal", principal);
  await next();
});

/** The dialect of an address. A client of Anthropic's says its version wherever it calls. */
function dialectOf({ req }: Context<GatewayEnv>): Dialect {
  return req.path.startsWith("/v1/messages") || req.header("anthropic-version") ? messagesDialect : chatDialect;
}

llmApp.use("/v1/*", runTokenOnly);

llmApp.get("/v1/models", async (context) => {
  const providers = await listProviders(forTenant(context.env, context.get("principal")));
  const real = providers
    .filter((provider) => provider.enabled)
    .flatMap((provider) =>
      provider.models.map((model) => ({ id: `${provider.slug}/${model.name}`, owner: provider.slug })),
    );
  const models = [...real, { id: DEMO_MODEL, owner: "demo" }];
  if (dialectOf(context) === messagesDialect) return context.json(anthropicList(models.map(({ id }) => id)));
  return context.json({
    object: "list",
    data: models.map(({ id, owner }) => ({ id, object: "model", created: 0, owned_by: owner })),
  });
});

function anthropicList(ids: string[]) {
  const data = ids.map((id) => ({ type: "model", id, display_name: id, created_at: "1970-01-01T00:00:00Z" }));
  return { data, has_more: false, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null };
}

llmApp.post("/v1/chat/completions", (context) => take(context, chatDialect, answer));
llmApp.post("/v1/responses", (context) => take(context, responsesDialect, answer));
llmApp.post("/v1/messages", (context) => take(context, messagesDialect, answer));
llmApp.post("/v1/messages/count_tokens", (context) =>
  take(context, { ...messagesDialect, envelope: countEnvelope }, countTokensOf),
);

/** Reads a request, opens its call, and hands it on. */
async function take(
  context: Context<GatewayEnv>,
  dialect: Dialect,
  work: (exchange: Exchange) => Promise<Response>,
): Promise<Response> {
  const { env } = context;
  const parsed = dialect.envelope.safeParse(parseBody(await readBytes(context.req.raw, MAX_REQUEST_BYTES)));
  if (!parsed.success) return errorResponse(dialect, failure(invalidProblem(parsed.error)));
  const { model, stream } = parsed.data;
  const client = context.req.raw.signal;
  const asked = { principal: context.get("principal"), model, stream: stream === true, client };
  const call = openCall(env, gatewayWorld.of(env), asked);
  context.executionCtx.waitUntil(call.closed);
  return work({ call, dialect, body: parsed.data as Body, headers: context.req.raw.headers });
}

/** The body as JSON; null, which no schema takes, where it is none. */
function parseBody(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

llmApp.notFound((context) =>
  errorResponse(dialectOf(context), failure({ code: "not_found", detail: "The gateway has no such address." })),
);

llmApp.onError((error, context) => {
  const problem = problemOf(error);
  if (problem.code === "internal")
    logEvent(context.env, "llm.error", { path: context.req.path, error: error.stack ?? error.message });
  return errorResponse(dialectOf(context), failure(problem));
});
