import type { Env } from "#platform/env";

export async function serveWeb(_request: Request, _env: Env, _ctx: ExecutionContext): Promise<Response> {
  return new Response("not built", { status: 503 });
}
