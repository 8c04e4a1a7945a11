import { sql } from "drizzle-orm";
import type { Page } from "#contract/page";
import type { SearchHit, SearchMatch } from "#contract/search";
import type { SearchEntry } from "#domain/search/entries";
import { matchQuery } from "#domain/search/match-query";
import { snippetParts } from "#domain/search/snippet";
import { searchEntries } from "./tables/search-entries.ts";
import type { FoundRow, TenantDb } from "./tenant-db.ts";
import type { Looker } from "./visibility.ts";

interface Query {
  q: string;
  limit: number;
  cursor?: string;
}

/** A page of the entries that hold all the words and that this member may read, titles first, then the newest. */
export async function search(db: TenantDb, looker: Looker, query: Query): Promise<Page<SearchHit>> {
  const words = matchQuery(query.q);
  if (words === null) return { items: [], nextCursor: null };
  const offset = Number(query.cursor ?? 0);
  const rows = await db.search(words, { limit: query.limit + 1, offset, looker });
  const items = rows.slice(0, query.limit).map((row) => ({
    conversationId: row.conversationId,
    title: row.title,
    at: new Date(row.at).toISOString(),
    ...matchOf(row),
  }));
  return { items, nextCursor: rows.length > query.limit ? String(offset + query.limit) : null };
}

/** The newest match of each of these conversations that has one. */
export async function matchesWithin(db: TenantDb, q: string, ids: string[]): Promise<Map<string, SearchMatch>> {
  const words = matchQuery(q);
  const rows = words === null || ids.length === 0 ? [] : await db.searchWithin(words, ids);
  return new Map(rows.map((row) => [row.conversationId, matchOf(row)]));
}

/** Writes entries of one conversation in one batch. `rev` is the log's seq they were read at: an older one changes nothing. */
export function writeEntries(
  db: TenantDb,
  conversation: { id: string; rev: number },
  entries: SearchEntry[],
): Promise<void> {
  const rows = entries.map((one) => ({
    ...one,
    at: Date.parse(one.at),
    conversationId: conversation.id,
    rev: conversation.rev,
  }));
  return db.upsertAll(searchEntries, rows, {
    target: [searchEntries.orgId, searchEntries.conversationId, searchEntries.seq],
    set: { kind: sql`excluded.kind`, text: sql`excluded.text`, at: sql`excluded.at`, rev: sql`excluded.rev` },
    when: sql`${searchEntries.rev} <= excluded.rev`,
  });
}

function matchOf(row: FoundRow): SearchMatch {
  return { kind: row.kind, seq: row.seq, snippet: snippetParts(row.marked) };
}
