import { eq } from "drizzle-orm";
import { socketPlaces } from "./tables/sockets.ts";
import type { TenantDb } from "./tenant-db.ts";

/** Notes that a member has a socket of a conversation. */
export async function noteSocket(db: TenantDb, place: { memberId: string; conversationId: string; at: number }) {
  const target = [socketPlaces.orgId, socketPlaces.memberId, socketPlaces.conversationId];
  await db.upsert(socketPlaces, place, { target, set: { at: place.at } });
}

/** The conversations in which a member has, or had, sockets. */
export async function socketPlacesOf(db: TenantDb, memberId: string): Promise<string[]> {
  const rows = await db.select(socketPlaces, { where: eq(socketPlaces.memberId, memberId) });
  return rows.map((row) => row.conversationId);
}

/** The members who have, or had, sockets. */
export async function membersWithSockets(db: TenantDb): Promise<string[]> {
  return [...new Set((await db.select(socketPlaces)).map((row) => row.memberId))];
}
