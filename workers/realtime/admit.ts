import type { Context } from "hono";
import { conversationId } from "#contract/ids";
import { fail, ok, type Result } from "#contract/problem";
import { noteSocket } from "#data/socket-places";
import { forTenant } from "#data/tenant-db";
import type { Env } from "#platform/env";
import { within } from "#platform/policy";
import type { MemberPrincipal, Principal } from "#platform/principal";
import { PROBLEM_FACES, ProblemError } from "#platform/problem-response";
import type { AppEnv } from "#platform/route";
import type { ConversationRpc } from "#platform/rpc";
import { openSession } from "#platform/session";
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

/**
 * Opens the conversation's socket as this member, on which every pushing lane rests. Where it is is noted, and who asks is checked
 * again after that: whoever removes a member meanwhile finds the note, or else the member is nobody any more.
 */
export async function openSocket(
  context: Context<AppEnv>,
  { principal, conversation, id }: Admitted,
  since: string | null,
): Promise<Response> {
  const query = since === null ? "" : `?since=${encodeURIComponent(since)}`;
  const headers = { upgrade: "websocket", "x-quayside-principal": JSON.stringify(principal) };
  const upgraded = await conversation.fetch(`http://conversation/socket${query}`, { headers });
  const socket = upgraded.webSocket;
  if (!socket) return upgraded;
  const { memberId } = principal;
  try {
    await noteSocket(forTenant(context.env, principal), { memberId, conversationId: id, at: Date.now() });
    await requireSame(context, principal);
  } catch (error) {
    socket.accept();
    socket.close(PROBLEM_FACES.unauthenticated.close, "unauthenticated");
    throw error;
  }
  return upgraded;
}

/** `unauthenticated` where the request is nobody by now, or somebody else: another role, other spaces. */
export async function requireSame(context: Context<AppEnv>, principal: MemberPrincipal): Promise<void> {
  if (principal.via === "none") return;
  const session = await openSession(context.env, context.req.raw, context.get("org").slug);
  if (JSON.stringify(session?.principal) === JSON.stringify(principal)) return;
  throw new ProblemError({ code: "unauthenticated", detail: "What you may do here has changed. Connect again." });
}
