import { z } from "zod";
import { sandboxStatus, snapshotList } from "#contract/sandbox";
import { keepSocket } from "#platform/kept-socket";
import { within } from "#platform/policy";
import { ProblemError, settle, unwrap } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { conversationParams, sandboxOf } from "./sandbox-binding.ts";

const SUMMARIES = {
  start: "Start the sandbox, if it does not run",
  stop: "Stop the sandbox; its files stay",
  restart: "Stop and start the sandbox; its files stay",
} as const;

const moves = (["start", "stop", "restart"] as const).map((action) =>
  defineRoute({
    method: "post",
    path: `/conversations/:id/sandbox/${action}`,
    summary: SUMMARIES[action],
    tag: "Sandbox",
    policy: within("conversation.code"),
    params: conversationParams,
    response: sandboxStatus,
    audit: `sandbox.${action}`,
    problems: ["unauthenticated", "forbidden", "not_found", "conflict", "upstream_failed", "unavailable"],
    handle: async (input) => {
      const { stub, binding } = await sandboxOf(input, "conversation.code");
      return unwrap(await settle(stub[action](binding), "sandbox"));
    },
  }),
);

const size = z.coerce.number().int().min(1).max(1_000).optional();

const terminal = defineRoute({
  method: "get",
  path: "/conversations/:id/terminal",
  summary: "A terminal in the sandbox, over WebSocket",
  tag: "Sandbox",
  policy: within("conversation.code"),
  params: conversationParams,
  query: z.object({ cols: size, rows: size, session: z.string().max(64).optional() }),
  audit: "sandbox.terminal",
  problems: ["invalid", "unauthenticated", "forbidden", "not_found", "conflict", "unavailable"],
  handle: async (input) => {
    // Who may not see the conversation learns nothing more about the request.
    const { stub, binding } = await sandboxOf(input, "conversation.code");
    if (input.request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      throw new ProblemError({ code: "invalid", detail: "Open this with a WebSocket." });
    }
    refuseOtherSites(input.request);
    const url = new URL("http://sandbox/terminal");
    for (const [name, value] of Object.entries(input.query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    // Nothing of the caller's own headers, such as a cookie, goes on.
    const { memberId, sessionId } = input.principal;
    const owner = { memberId, ...(sessionId === null ? {} : { sessionId }) };
    const known = { "x-quayside-binding": JSON.stringify(binding), "x-quayside-owner": JSON.stringify(owner) };
    const opened = await stub.fetch(url.href, { headers: { upgrade: "websocket", ...known } });
    const asker = { ...input, slug: input.org.slug, conversationId: binding.conversationId };
    return keepSocket(asker, opened, () => sandboxOf(input, "conversation.code"));
  },
});

/** A browser lets every page open a WebSocket to us, cookies included, and only says which page asks (RFC 6455 §10.2). */
function refuseOtherSites(request: Request): void {
  const origin = request.headers.get("origin");
  if (origin === null) return;
  const same = URL.canParse(origin) && new URL(origin).host === new URL(request.url).host;
  if (!same) throw new ProblemError({ code: "forbidden", detail: "Another site may not open a terminal." });
}

const snapshots = defineRoute({
  method: "get",
  path: "/conversations/:id/sandbox/snapshots",
  summary: "The snapshots of the sandbox, newest first",
  tag: "Sandbox",
  policy: within("conversation.read"),
  params: conversationParams,
  response: snapshotList,
  problems: ["unauthenticated", "forbidden", "not_found", "conflict", "unavailable"],
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.read");
    return { items: unwrap(await settle(stub.snapshots(binding), "sandbox")), nextCursor: null };
  },
});

export const sandboxRoutes: AnyRoute[] = [...moves, snapshots, terminal];
