import { z } from "zod";
import { conversationId, itemId } from "#contract/ids";
import { within } from "#platform/policy";
import { ProblemError, settle, unwrap } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { conversationStub } from "#platform/stubs";

const read = defineRoute({
  method: "get",
  path: "/conversations/:id/outputs/:itemId",
  summary: "The whole output of a call whose text was shortened",
  tag: "Conversations",
  policy: within("conversation.read"),
  params: z.object({ id: conversationId, itemId }),
  problems: ["unauthenticated", "forbidden", "not_found"],
  async handle({ env, principal, params }) {
    const stub = conversationStub(env, principal.orgId, params.id);
    unwrap(await settle(stub.head(principal), "conversation"));
    const output = await env.FILES.get(`${principal.orgId}/outputs/${params.itemId}`);
    if (!output || output.customMetadata?.conversationId !== params.id)
      throw new ProblemError({ code: "not_found", detail: "There is no such output." });
    return new Response(output.body, {
      headers: {
        "content-type": "text/plain; charset=utf-8",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "private, max-age=3600",
      },
    });
  },
});

export const outputRoutes: AnyRoute[] = [read];
