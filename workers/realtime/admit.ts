import { conversationId } from "#contract/ids";
import { fail, ok, type Result } from "#contract/problem";
import type { Env } from "#platform/env";
import { within } from "#platform/policy";
import type { MemberPrincipal, Principal } from "#platform/principal";
import type { ConversationRpc } from "#platform/rpc";
import { conversationStub, type Stub } from "#platform/stubs";

export interface Admitted {
  principal: MemberPrincipal;
  conversation: Stub<ConversationRpc>;
}

const READERS = within("conversation.read");

/** Who may follow a conversation: the one check of all lanes. The conversation itself checks again on attach. */
export function admit(env: Env, principal: Principal | null, id: string | undefined): Result<Admitted> {
  const member = READERS.admit(principal);
  if (!member.ok) return member;
  if (!conversationId.safeParse(id).success || id === undefined)
    return fail("not_found", "There is no such conversation.");
  return ok({ principal: member.value, conversation: conversationStub(env, member.value.orgId, id) });
}

/** Opens the conversation's socket as this member, on which every pushing lane rests. */
export function openSocket({ principal, conversation }: Admitted, since: string | null): Promise<Response> {
  const query = since === null ? "" : `?since=${encodeURIComponent(since)}`;
  const headers = { upgrade: "websocket", "x-quayside-principal": JSON.stringify(principal) };
  return conversation.fetch(`http://conversation/socket${query}`, { headers });
}
