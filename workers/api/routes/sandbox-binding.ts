import { z } from "zod";
import type { ConversationHead } from "#contract/conversation";
import { conversationId } from "#contract/ids";
import { workspacePath } from "#contract/workspace";
import type { Env } from "#platform/env";
import type { MemberPrincipal } from "#platform/principal";
import { ProblemError, settle, unwrap } from "#platform/problem-response";
import type { SandboxBinding } from "#platform/rpc";
import { conversationStub, sandboxStub } from "#platform/stubs";

export const conversationParams = z.object({ id: conversationId });
export const pathQuery = z.object({ path: workspacePath });

/** The sandbox of a conversation that the principal may see; `conflict` where the conversation has none. */
export async function sandboxOf(input: { env: Env; principal: MemberPrincipal; params: { id: string } }) {
  const { env, principal, params } = input;
  const found = await settle<{ head: ConversationHead }>(
    conversationStub(env, principal.orgId, params.id).head(principal),
    "conversation",
  );
  const { head } = unwrap(found);
  if (head.sandboxId === null)
    throw new ProblemError({ code: "conflict", detail: "This conversation has no sandbox." });
  const binding: SandboxBinding = {
    orgId: principal.orgId,
    conversationId: params.id,
    sandboxId: head.sandboxId,
    repository: head.repository,
  };
  return { stub: sandboxStub(env, binding), binding };
}
