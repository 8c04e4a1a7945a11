import { Hono } from "hono";
import { readConfig } from "#platform/config";
import { secureAnswer } from "#platform/edge-headers";
import type { Env } from "#platform/env";
import { ensureFirstAdmin } from "#platform/first-admin";
import { answerError, frontDoor } from "#platform/front-door";
import { parseHost } from "#platform/hosts";
import { problemResponse } from "#platform/problem-response";
import type { AppEnv } from "#platform/route";
import { accountApp } from "./account/app.ts";
import { acceptApp, signInFirst } from "./account/handover.ts";
import { apiApp } from "./api/app.ts";
import { authApp } from "./auth/app.ts";
import { serveIdp } from "./auth/idp/serve-idp.ts";
import { gitApp } from "./gateway/git/app.ts";
import { llmApp } from "./gateway/llm/app.ts";
import { imgApp } from "./img/app.ts";
import { onCron } from "./queue/cron.ts";
import { realtimeApp } from "./realtime/app.ts";
import { serveWeb } from "./web/handler.ts";
import { isAccountPage, isDocument, PICKER } from "./web/pages.ts";

export * from "../durable-objects/index.ts";

/** The api of an org: on its host for browsers, on `api.BASE` for tokens. */
function orgApi(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.onError(answerError);
  app.use("/api/*", frontDoor());
  app.route("/api", realtimeApp);
  return app.route("/", apiApp);
}

const orgApp = orgApi();
orgApp.route("/", acceptApp);
orgApp.all("*", async ({ env, executionCtx, req: { raw } }) => {
  const { pathname } = new URL(raw.url);
  const elsewhere = isDocument(raw) ? await signInFirst(env, raw, isAccountPage(pathname)) : null;
  const api = async (request: Request) => orgApp.fetch(request, env, executionCtx as ExecutionContext);
  return elsewhere ?? serveWeb(raw, { env, api });
});

const appHost = new Hono<{ Bindings: Env }>();
appHost.route("/", accountApp);
appHost.all("*", async ({ env, executionCtx, req: { raw }, redirect }) => {
  if (isDocument(raw) && !isAccountPage(new URL(raw.url).pathname)) return redirect(PICKER);
  return serveWeb(raw, { env, api: async (request) => appHost.fetch(request, env, executionCtx as ExecutionContext) });
});

const apiHost = orgApi();
const ROOMS = {
  app: appHost,
  api: apiHost,
  llm: llmApp,
  git: gitApp,
  img: imgApp,
  auth: authApp,
  idp: { fetch: serveIdp },
} as const;

async function answer(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const configured = readConfig(env);
  if (!configured.ok) return problemResponse({ code: "unavailable", detail: configured.error });
  const host = parseHost(new URL(request.url).host, configured.config);
  await ensureFirstAdmin(env);
  if (host.kind === "org") return orgApp.fetch(request, env, ctx);
  const room = host.kind === "room" && host.room in ROOMS ? ROOMS[host.room as keyof typeof ROOMS] : null;
  return room
    ? room.fetch(request, env, ctx)
    : problemResponse({ code: "not_found", detail: "Nothing lives at this host." });
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    return secureAnswer(await answer(request, env, ctx), { production: env.ENVIRONMENT !== "development" });
  },
  scheduled: (controller: ScheduledController, env: Env) => onCron(env, controller.scheduledTime),
} satisfies ExportedHandler<Env>;
