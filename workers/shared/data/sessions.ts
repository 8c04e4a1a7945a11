import { and, desc, eq, isNull, ne, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { sessions } from "./tables/accounts.ts";
import { SystemDb } from "./tenant-db.ts";

type Env = { DB: D1Database };
export type SessionRow = typeof sessions.$inferSelect;

const db = (env: Env) => new SystemDb(env).raw;

/** Adds a session. */
export async function insertSession(env: Env, row: SessionRow): Promise<void> {
  await db(env).insert(sessions).values(row).run();
}

/** A session, and since when its sign-in is: it is no younger than the session it came from. */
export type FoundSession = SessionRow & { since: number };

/** The session with this token, of whatever host, unless it or the one it came from was revoked. */
export async function findSession(env: Env, tokenHash: string): Promise<FoundSession | null> {
  const parents = alias(sessions, "parents");
  const rows = await db(env)
    .select({ session: sessions, parentAt: parents.createdAt })
    .from(sessions)
    .leftJoin(parents, eq(parents.id, sessions.parentId))
    .where(and(eq(sessions.tokenHash, tokenHash), isNull(sessions.revokedAt), isNull(parents.revokedAt)))
    .limit(1);
  const [row] = rows;
  return row ? { ...row.session, since: row.parentAt ?? row.session.createdAt } : null;
}

/** The sign-in from which a session comes: itself, where it is one; null where there is no such session. */
export async function rootOfSession(env: Env, id: string): Promise<SessionRow | null> {
  const own = alias(sessions, "own");
  const rows = await db(env)
    .select({ root: sessions })
    .from(own)
    .innerJoin(sessions, eq(sessions.id, sql`coalesce(${own.parentId}, ${own.id})`))
    .where(eq(own.id, id))
    .limit(1);
  return rows[0]?.root ?? null;
}

/** Notes that a session, and the one it came from, is in use. */
export async function touchSession(env: Env, { id, parentId }: SessionRow, seenAt: number): Promise<void> {
  const where = or(eq(sessions.id, id), parentId === null ? undefined : eq(sessions.id, parentId));
  await db(env).update(sessions).set({ seenAt }).where(where).run();
}

/**
 * The sign-ins of an account that are not revoked, the latest used first: those on `app.BASE`, from which others come, and those that
 * are good for one org's host alone; with `onlyAt` the latter of one org.
 */
export function listSignIns(env: Env, accountId: string, onlyAt: string | null): Promise<SessionRow[]> {
  return db(env)
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.accountId, accountId),
        isNull(sessions.parentId),
        isNull(sessions.revokedAt),
        onlyAt === null ? undefined : eq(sessions.hostOrgId, onlyAt),
      ),
    )
    .orderBy(desc(sessions.seenAt));
}

export interface WhichSessions {
  accountId: string;
  /** A sign-in and everything that came from it. */
  rootId?: string;
  /** All but this sign-in and what came from it. */
  exceptRootId?: string;
  /** Those on the host of this org. */
  hostOrgId?: string;
  /** Those that are good for the host of this org alone. */
  onlyAt?: string;
}

/** Revokes sessions; those that were live, so that their sockets can be closed. */
export function revokeSessions(env: Env, which: WhichSessions, at: number): Promise<SessionRow[]> {
  const { rootId, exceptRootId, hostOrgId, onlyAt } = which;
  return db(env)
    .update(sessions)
    .set({ revokedAt: at })
    .where(
      and(
        eq(sessions.accountId, which.accountId),
        isNull(sessions.revokedAt),
        rootId === undefined ? undefined : or(eq(sessions.id, rootId), eq(sessions.parentId, rootId)),
        exceptRootId === undefined
          ? undefined
          : and(ne(sessions.id, exceptRootId), or(isNull(sessions.parentId), ne(sessions.parentId, exceptRootId))),
        hostOrgId === undefined ? undefined : eq(sessions.hostOrgId, hostOrgId),
        onlyAt === undefined ? undefined : and(eq(sessions.hostOrgId, onlyAt), isNull(sessions.parentId)),
      ),
    )
    .returning();
}
