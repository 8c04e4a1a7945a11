import type { Env } from "#platform/env";

export async function serveWeb(
  _request: Request,
  _to: { env: Env; api: (request: Request) => Promise<Response> },
): Promise<Response> {
  return new Response("not built", { status: 503 });
}
