import { z } from "zod";
import { conversationFork, conversationHead } from "#contract/conversation";
import { conversationId } from "#contract/ids";
import { within } from "#platform/policy";
import { ProblemError, unwrap } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { conversationStub } from "#platform/stubs";

const fork = defineRoute({
  method: "post",
  path: "/conversations/:id/fork",
  summary: "Begin another conversation from this one as it was at a seq; nothing is copied until it is read",
  tag: "Conversations",
  policy: within("conversation.change"),
  params: z.object({ id: conversationId }),
  body: conversationFork,
  response: conversationHead,
  status: 201,
  audit: "log",
  problems: ["invalid", "unauthenticated", "not_found", "rate_limited", "unavailable"],
  async handle({ env, principal, params, body }) {
    const command = { type: "fork" as const, clientId: crypto.randomUUID(), ...body };
    const made = unwrap(await conversationStub(env, principal.orgId, params.id).command(principal, command));
    const id = made.conversationId ?? "";
    const head = await conversationStub(env, principal.orgId, id).head(principal);
    if (head.ok) return head.value.head;
    const detail = "The fork is being made. It appears in the list of conversations in a moment.";
    throw new ProblemError({ code: "unavailable", detail, retryAfterS: 1 });
  },
});

export const forkRoutes: AnyRoute[] = [fork];
