import { memberOfAccount } from "#data/members";
import type { SessionRow } from "#data/sessions";
import { membersWithSockets, socketPlacesOf } from "#data/socket-places";
import { forTenant } from "#data/tenant-db";
import type { Env } from "./env.ts";
import { logEvent } from "./log.ts";
import type { SocketOwner } from "./rpc.ts";
import { conversationStub } from "./stubs.ts";

const AT_ONCE = 20;

/** Closes the sockets of sessions that ended. */
export async function closeSocketsOf(env: Env, ended: SessionRow[]): Promise<void> {
  for (const { accountId, hostOrgId, id: sessionId } of ended) {
    if (hostOrgId === null) continue;
    const member = await memberOfAccount(forTenant(env, { orgId: hostOrgId }), accountId);
    if (member) await closeMemberSockets(env, hostOrgId, { memberId: member.id, sessionId });
  }
}

/**
 * Closes the sockets of a member whose sessions, role, state or spaces have changed, wherever they are: they come back as what the
 * member is now, or not at all. An object that does not answer is tried again once; its sockets die with it otherwise.
 */
export async function closeMemberSockets(env: Env, orgId: string, owner: SocketOwner): Promise<void> {
  const places = await socketPlacesOf(forTenant(env, { orgId }), owner.memberId);
  for (let at = 0; at < places.length; at += AT_ONCE) {
    await Promise.all(places.slice(at, at + AT_ONCE).map((id) => closeIn(env, { orgId, id }, owner)));
  }
}

/** Closes every socket of an org, but for those of members for whom nothing changes. */
export async function closeOrgSockets(env: Env, orgId: string, except: readonly string[] = []): Promise<void> {
  const memberIds = await membersWithSockets(forTenant(env, { orgId }));
  for (const memberId of memberIds) if (!except.includes(memberId)) await closeMemberSockets(env, orgId, { memberId });
}

async function closeIn(env: Env, place: { orgId: string; id: string }, owner: SocketOwner): Promise<void> {
  const close = () => conversationStub(env, place.orgId, place.id).closeSockets(place.orgId, owner);
  await close()
    .catch(close)
    .catch((error: unknown) => logEvent(env, "sockets.not_closed", { ...place, memberId: owner.memberId, error }));
}
