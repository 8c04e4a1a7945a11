import { Hono } from "hono";
import { readConfig } from "#platform/config";
import type { Env } from "#platform/env";
import { answerError, frontDoor } from "#platform/front-door";
import { parseHost } from "#platform/hosts";
import { problemResponse } from "#platform/problem-response";
import type { AppEnv } from "#platform/route";
import { apiApp, documentationApp } from "./api/app.ts";
import { idpApp } from "./auth/idp/app.ts";
import { gitApp } from "./gateway/git/app.ts";
import { llmApp } from "./gateway/llm/app.ts";
import { imgApp } from "./img/app.ts";
import { realtimeApp } from "./realtime/app.ts";
import { serveWeb } from "./web/handler.ts";

export * from "../durable-objects/index.ts";

const orgApp = new Hono<AppEnv>();
orgApp.onError(answerError);
orgApp.use("/api/*", frontDoor());
orgApp.route("/api", realtimeApp);
orgApp.route("/", apiApp);
orgApp.all("*", (context) => {
  const { env } = context;
  const ctx = context.executionCtx as ExecutionContext;
  return serveWeb(context.req.raw, { env, api: async (request) => orgApp.fetch(request, env, ctx) });
});

const ROOMS = { api: documentationApp, llm: llmApp, git: gitApp, img: imgApp, idp: idpApp } as const;

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const configured = readConfig(env);
    if (!configured.ok) return problemResponse({ code: "unavailable", detail: configured.error });
    const host = parseHost(new URL(request.url).host, configured.config);
    if (host.kind === "org") return orgApp.fetch(request, env, ctx);
    const room = host.kind === "room" && host.room in ROOMS ? ROOMS[host.room as keyof typeof ROOMS] : null;
    return room
      ? room.fetch(request, env, ctx)
      : problemResponse({ code: "not_found", detail: "Nothing lives at this host." });
  },
} satisfies ExportedHandler<Env>;
