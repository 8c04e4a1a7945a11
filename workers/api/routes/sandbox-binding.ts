import { z } from "zod";
import type { ConversationHead } from "#contract/conversation";
import { conversationId } from "#contract/ids";
import { workspacePath } from "#contract/workspace";
import type { ConversationAction } from "#domain/access/actions";
import type { Env } from "#platform/env";
import type { MemberPrincipal } from "#platform/principal";
import { ProblemError, settle, unwrap } from "#platform/problem-response";
import type { SandboxBinding } from "#platform/rpc";
import { conversationStub, sandboxStub } from "#platform/stubs";

export const conversationParams = z.object({ id: conversationId });
export const pathQuery = z.object({ path: workspacePath });

type Input = { env: Env; principal: MemberPrincipal; params: { id: string } };

async function bindingOf(
  { env, principal, params }: Input,
  action: ConversationAction,
): Promise<SandboxBinding | null> {
  const found = await settle<{ head: ConversationHead }>(
    conversationStub(env, principal.orgId, params.id).head(principal, action),
    "conversation",
  );
  const { sandboxId, repository, restoreFrom } = unwrap(found).head;
  if (sandboxId === null) return null;
  return { orgId: principal.orgId, conversationId: params.id, sandboxId, repository, restoreFrom };
}

/** The sandbox of a conversation in which the principal may do this; `conflict` where the conversation has none. */
export async function sandboxOf(input: Input, action: ConversationAction) {
  const binding = await bindingOf(input, action);
  if (binding === null) throw new ProblemError({ code: "conflict", detail: "This conversation has no sandbox." });
  return { stub: sandboxStub(input.env, binding), binding };
}

/** Deletes the sandbox of a conversation, if it has one: its machine, its files and their snapshots. A repeat does nothing. */
export async function deleteSandbox(input: Input): Promise<void> {
  const binding = await bindingOf(input, "conversation.purge");
  if (binding !== null) unwrap(await settle(sandboxStub(input.env, binding).destroy(binding), "sandbox"));
}
