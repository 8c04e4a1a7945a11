import { and, desc, eq, inArray, isNotNull, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { ConversationHead, ConversationSummary } from "#contract/conversation";
import type { Page } from "#contract/page";
import type { IndexDigest } from "#domain/conversation/index-digest";
import { matchQuery } from "#domain/search/match-query";
import { matchesWithin } from "./search.ts";
import { conversationBudgets } from "./tables/budgets.ts";
import { conversationMembers, conversationReads, conversations } from "./tables/conversations.ts";
import { fileUses } from "./tables/files.ts";
import { searchEntries } from "./tables/search-entries.ts";
import type { TenantDb } from "./tenant-db.ts";
import { type Looker, visibleTo } from "./visibility.ts";

type Row = typeof conversations.$inferSelect;

export interface ConversationFilter {
  kind?: ConversationHead["kind"];
  repositoryId?: string;
  q?: string;
  archived: boolean;
  spaceId?: string;
  limit: number;
  cursor?: string;
}

/**
 * A page of the conversations that a member may read, the latest changed first, with what the member has not read, and where words were
 * searched for the newest place that holds them.
 */
export async function listConversations(
  db: TenantDb,
  looker: Looker,
  filter: ConversationFilter,
): Promise<Page<ConversationSummary>> {
  const rows = await db.select(conversations, {
    where: and(visibleTo(looker, sql`conversations`), whereOf(db, filter)),
    orderBy: [desc(conversations.updatedAt), desc(conversations.id)],
    limit: filter.limit + 1,
  });
  const page = rows.slice(0, filter.limit);
  const ids = page.map((row) => row.id);
  const [reads, matches] = await Promise.all([
    db.select(conversationReads, { where: eq(conversationReads.memberId, looker.memberId) }),
    matchesWithin(db, filter.q ?? "", ids),
  ]);
  const readSeq = new Map(reads.map((one) => [one.conversationId, one.seq]));
  const last = rows.length > filter.limit ? page.at(-1) : undefined;
  return {
    items: page.map((row) => {
      const match = matches.get(row.id);
      return { ...fromRow(row, readSeq.get(row.id) ?? 0), ...(match ? { match } : {}) };
    }),
    nextCursor: last ? `${last.updatedAt}.${last.id}` : null,
  };
}

/** Writes what the list shows of a conversation; an older state than the stored one changes nothing. */
export async function indexConversation(db: TenantDb, head: ConversationHead, digest: IndexDigest): Promise<void> {
  const changing = {
    title: head.title,
    updatedAt: Date.parse(digest.updatedAt),
    archivedAt: head.archivedAt === null ? null : Date.parse(head.archivedAt),
    spaceId: head.spaceId,
    runStatus: digest.runStatus,
    pendingAsks: head.approvals.length + head.questions.length,
    lastSeq: digest.lastSeq,
    preview: digest.preview,
    ...head.usage,
  };
  const fixed = {
    id: head.id,
    kind: head.kind,
    repositoryId: head.repository?.id ?? null,
    repositoryName: head.repository?.name ?? null,
    createdBy: head.createdBy,
    createdAt: Date.parse(head.createdAt),
  };
  await db.upsert(
    conversations,
    { ...fixed, ...changing },
    {
      target: [conversations.orgId, conversations.id],
      set: changing,
      when: sql`${conversations.lastSeq} <= ${digest.lastSeq}`,
    },
  );
  const ids = JSON.stringify(head.participants.map((one) => one.memberId));
  await db.transact((orgId) => [
    sql`DELETE FROM conversation_members WHERE org_id = ${orgId} AND conversation_id = ${head.id}
        AND member_id NOT IN (SELECT value FROM json_each(${ids}))`,
    sql`INSERT OR IGNORE INTO conversation_members (org_id, conversation_id, member_id)
        SELECT ${orgId}, ${head.id}, value FROM json_each(${ids})`,
  ]);
}

/** Notes how far a member has read; it never moves back. */
export function markRead(db: TenantDb, read: { conversationId: string; memberId: string; seq: number }): Promise<void> {
  return db.upsert(conversationReads, read, {
    target: [conversationReads.orgId, conversationReads.conversationId, conversationReads.memberId],
    set: { seq: read.seq },
    when: lt(conversationReads.seq, read.seq),
  });
}

/** Takes a purged conversation out of the index, with all that search could find of it. */
export async function removeConversation(db: TenantDb, id: string): Promise<void> {
  await db.remove(conversationReads, eq(conversationReads.conversationId, id));
  await db.remove(conversationMembers, eq(conversationMembers.conversationId, id));
  await db.remove(fileUses, eq(fileUses.conversationId, id));
  await db.remove(searchEntries, eq(searchEntries.conversationId, id));
  await db.remove(conversationBudgets, eq(conversationBudgets.conversationId, id));
  await db.remove(conversations, eq(conversations.id, id));
}

function whereOf(db: TenantDb, filter: ConversationFilter): SQL | undefined {
  const [updatedAt, id] = filter.cursor?.split(".") ?? [];
  const at = Number(updatedAt);
  const after =
    id && Number.isSafeInteger(at)
      ? or(lt(conversations.updatedAt, at), and(eq(conversations.updatedAt, at), lt(conversations.id, id)))
      : undefined;
  return and(
    filter.archived ? isNotNull(conversations.archivedAt) : isNull(conversations.archivedAt),
    filter.kind ? eq(conversations.kind, filter.kind) : undefined,
    filter.repositoryId ? eq(conversations.repositoryId, filter.repositoryId) : undefined,
    filter.spaceId ? eq(conversations.spaceId, filter.spaceId) : undefined,
    filter.q ? matching(db, filter.q) : undefined,
    after,
  );
}

/** Title, a message or a step holds the words, or the repository's name the text as it is written. */
function matching(db: TenantDb, q: string): SQL | undefined {
  const words = matchQuery(q);
  return or(
    words === null ? undefined : inArray(conversations.id, db.conversationsMatching(words)),
    sql`${conversations.repositoryName} LIKE ${`%${q.replace(/[\\%_]/g, (char) => `\\${char}`)}%`} ESCAPE '\\'`,
  );
}

function fromRow(row: Row, readSeq: number): ConversationSummary {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    repository: row.repositoryId === null ? null : { id: row.repositoryId, name: row.repositoryName ?? "" },
    spaceId: row.spaceId,
    createdBy: row.createdBy,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
    archivedAt: row.archivedAt === null ? null : new Date(row.archivedAt).toISOString(),
    runStatus: row.runStatus,
    pendingAsks: row.pendingAsks,
    lastSeq: row.lastSeq,
    unread: row.lastSeq > readSeq,
    preview: row.preview,
    usage: {
      inputTokens: row.inputTokens,
      outputTokens: row.outputTokens,
      cachedTokens: row.cachedTokens,
      costMicroUsd: row.costMicroUsd,
    },
  };
}
