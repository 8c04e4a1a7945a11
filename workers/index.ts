import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { parseHost } from "#platform/hosts";
import { apiApp } from "./api/app.ts";
import { gitApp } from "./gateway/git/app.ts";
import { llmApp } from "./gateway/llm/app.ts";

export * from "../durable-objects/index.ts";

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const host = parseHost(new URL(request.url).host, configOf(env));
    if (host.kind === "room" && host.room === "llm") return llmApp.fetch(request, env, ctx);
    if (host.kind === "room" && host.room === "git") return gitApp.fetch(request, env, ctx);
    if (host.kind === "org") return apiApp.fetch(request, env, ctx);
    return new Response("unknown host", { status: 404 });
  },
} satisfies ExportedHandler<Env>;
