import { type Context, Hono } from "hono";
import { requireSame } from "#platform/kept-socket";
import { ProblemError, unwrap } from "#platform/problem-response";
import type { AppEnv } from "#platform/route";
import { admit, askerOf, openSocket } from "./admit.ts";
import { pollEvents } from "./long-poll.ts";
import { streamEvents } from "./sse.ts";

/** The lanes of a conversation, below `/api/conversations/{id}`: one admit, the same bytes, the same cursor. */
export const realtimeApp = new Hono<AppEnv>();

const admitted = (context: Context<AppEnv>) =>
  unwrap(admit(context.env, context.get("principal"), context.req.param("id")));

realtimeApp.get("/conversations/:id/socket", (context) => {
  if (context.req.header("upgrade")?.toLowerCase() !== "websocket") {
    throw new ProblemError({ code: "unsupported", detail: "Ask for a WebSocket upgrade here." });
  }
  return openSocket(context, admitted(context), context.req.query("since") ?? null);
});

realtimeApp.get("/conversations/:id/events/stream", async (context) => {
  const since = context.req.header("last-event-id") ?? context.req.query("since") ?? "0";
  const upgraded = await openSocket(context, admitted(context), since);
  return upgraded.webSocket ? streamEvents(context.env, upgraded.webSocket) : upgraded;
});

realtimeApp.get("/conversations/:id/events", async (context) => {
  const { principal, conversation } = admitted(context);
  const answer = await pollEvents({ principal, conversation }, context.req.query());
  if (context.req.query("wait")) await requireSame(askerOf(context, principal));
  return answer;
});
