import { Hono } from "hono";
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
import { closeCall, openCall } from "./call.ts";
import { chatRequest } from "./chat-request.ts";
import { answerDemo } from "./demo/answer.ts";
import { gatewayWorld } from "./deps.ts";
import { errorResponse, failure } from "./errors.ts";
import { relay } from "./relay.ts";
import { findUpstream } from "./upstream.ts";

/** A whole context window with images fits. */
const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

type GatewayEnv = { Bindings: Env; Variables: { principal: RunPrincipal } };

/** The LLM gateway (spec §6): the OpenAI dialect for callers that hold a run token, and nothing for anybody else. */
export const llmApp = new Hono<GatewayEnv>();

const runTokenOnly = createMiddleware<GatewayEnv>(async (context, next) => {
  const token = /^Bearer\s+(\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  const principal = token ? await verifyRunToken(context.env, token) : null;
  if (!principal) return errorResponse(failure({ code: "unauthenticated", detail: "A valid run token is needed." }));
  context.set("principal", principal);
  await next();
});

llmApp.use("/v1/*", runTokenOnly);

llmApp.get("/v1/models", async (context) => {
  const providers = await listProviders(forTenant(context.env, context.get("principal")));
  const real = providers
    .filter((provider) => provider.enabled)
    .flatMap((provider) =>
      provider.models.map((model) => ({ id: `${provider.slug}/${model.name}`, owner: provider.slug })),
    );
  const models = [...real, { id: DEMO_MODEL, owner: "demo" }];
  return context.json({
    object: "list",
    data: models.map(({ id, owner }) => ({ id, object: "model", created: 0, owned_by: owner })),
  });
});

llmApp.post("/v1/chat/completions", async (context) => {
  const { env } = context;
  const parsed = chatRequest.safeParse(parseBody(await readBytes(context.req.raw, MAX_REQUEST_BYTES)));
  if (!parsed.success) return errorResponse(failure(invalidProblem(parsed.error)));
  const request = parsed.data;
  const principal = context.get("principal");
  const call = openCall(env, gatewayWorld.of(env), {
    principal,
    model: request.model,
    stream: request.stream === true,
    client: context.req.raw.signal,
  });
  context.executionCtx.waitUntil(call.closed);
  if (request.model === DEMO_MODEL) return answerDemo(call, request);
  const upstream = await findUpstream(env, principal, request.model);
  if (upstream.ok) return relay(call, upstream.value, request);
  await closeCall(call, { outcome: "failed", tokens: null, code: upstream.problem.code });
  return errorResponse(failure(upstream.problem));
});

/** The body as JSON; null, which no schema takes, where it is none. */
function parseBody(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

llmApp.notFound(() => errorResponse(failure({ code: "not_found", detail: "The gateway has no such address." })));

llmApp.onError((error, context) => {
  const problem = problemOf(error);
  if (problem.code === "internal")
    logEvent(context.env, "llm.error", { path: context.req.path, error: error.stack ?? error.message });
  return errorResponse(failure(problem));
});
