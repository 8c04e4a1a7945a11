import type { Context } from "hono";
import { conversationId } from "#contract/ids";
import { fail, ok, type Result } from "#contract/problem";
import type { Env } from "#platform/env";
import { type Asker, keepSocket } from "#platform/kept-socket";
import { within } from "#platform/policy";
import type { MemberPrincipal, Principal } from "#platform/principal";
import type { AppEnv } from "#platform/route";
import type { ConversationRpc } from "#platform/rpc";
import { conversationStub, type Stub } from "#platform/stubs";

export interface Admitted {
  principal: MemberPrincipal;
  conversation: Stub<ConversationRpc>;
  id: string;
}

const READERS = within("conversation.read");

/** Who may follow a conversation: the one check of all lanes. The conversation itself checks again on attach. */
export function admit(env: Env, principal: Principal | null, id: string | undefined): Result<Admitted> {
  const member = READERS.admit(principal);
  if (!member.ok) return member;
  if (!conversationId.safeParse(id).success || id === undefined)
    return fail("not_found", "There is no such conversation.");
  return ok({ id, principal: member.value, conversation: conversationStub(env, member.value.orgId, id) });
}

/** Opens the conversation's socket as this member, on which every pushing lane rests. */
export async function openSocket(
  context: Context<AppEnv>,
  { principal, conversation, id }: Admitted,
  since: string | null,
): Promise<Response> {
  const query = since === null ? "" : `?since=${encodeURIComponent(since)}`;
  const headers = { upgrade: "websocket", "x-quayside-principal": JSON.stringify(principal) };
  const upgraded = await conversation.fetch(`http://conversation/socket${query}`, { headers });
  return keepSocket({ ...askerOf(context, principal), conversationId: id }, upgraded);
}

/** Who asked, for a later look at whether they still are who they were. */
export function askerOf(context: Context<AppEnv>, principal: MemberPrincipal): Asker {
  return { env: context.env, request: context.req.raw, slug: context.get("org").slug, principal };
}
