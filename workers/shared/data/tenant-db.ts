import { and, eq, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SQLiteColumn, SQLiteTable, SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";
import type { SearchKind } from "#contract/search";
import { MATCH_BEGINS, MATCH_ENDS } from "#domain/search/snippet";
import { type GuardedDatabase, guarded } from "./predicate/guarded.ts";
import { type Looker, visibleTo } from "./visibility.ts";

/** A table whose rows belong to an org. */
export type TenantTable = SQLiteTable & { orgId: SQLiteColumn };
type Insert<T extends TenantTable> = Omit<T["$inferInsert"], "orgId">;
interface Conflict<T extends TenantTable> {
  target: SQLiteColumn[];
  set: SQLiteUpdateSetSource<T>;
  when?: SQL;
}
interface SearchOptions {
  limit: number;
  offset: number;
  /** Only in conversations that this member may read. */
  looker: Looker;
}
/** An entry that matches. `marked` is a snippet of it with the match between the two marks. */
export interface FoundRow {
  conversationId: string;
  title: string;
  kind: SearchKind;
  seq: number;
  at: number;
  marked: string;
}
const SNIPPET_TOKENS = 24;
/** Hits that are put in order; the older ones of a word that is everywhere are not. */
const RANKED = 1_000;
interface SelectOptions {
  where?: SQL;
  orderBy?: SQL | SQL[];
  limit?: number;
}

/**
 * The only way to tenant tables: every statement carries the org's predicate, which is checked before it runs, and rows that
 * come back are checked too. It is made from a verified principal and never from an id in a request.
 */
export class TenantDb {
  readonly orgId: string;
  readonly #database: GuardedDatabase;
  readonly #db;

  constructor(database: D1Database, orgId: string) {
    this.#database = guarded(database, orgId);
    this.#db = drizzle(this.#database as D1Database);
    this.orgId = orgId;
  }

  /** Rows of this org that match, in the order asked for. */
  async select<T extends TenantTable>(table: T, options: SelectOptions = {}): Promise<T["$inferSelect"][]> {
    const order = options.orderBy === undefined ? [] : [options.orderBy].flat();
    const query = this.#db
      .select()
      .from(table as SQLiteTable)
      .where(this.#mine(table, options.where))
      .orderBy(...order);
    const rows = (await (options.limit === undefined ? query : query.limit(options.limit))) as T["$inferSelect"][];
    return this.#checked(rows, (row) => (row as { orgId?: unknown }).orgId);
  }

  /** The one row of this org that matches, or null. */
  async selectOne<T extends TenantTable>(table: T, where: SQL): Promise<T["$inferSelect"] | null> {
    const rows = await this.select(table, { where, limit: 1 });
    return rows[0] ?? null;
  }

  /** Inserts a row for this org; false where a row with the same unique key is there already. */
  async insert<T extends TenantTable>(table: T, values: Insert<T>): Promise<boolean> {
    const row = { ...values, orgId: this.orgId } as unknown as T["$inferInsert"];
    const result = await this.#db
      .insert(table as SQLiteTable)
      .values(row)
      .onConflictDoNothing()
      .run();
    return result.meta.changes > 0;
  }

  /** Inserts a row, or replaces the given columns of the one with the same key where `when` holds. */
  async upsert<T extends TenantTable>(table: T, values: Insert<T>, conflict: Conflict<T>): Promise<void> {
    await this.#upserting(table, values, conflict);
  }

  /** The same for many rows, in one round trip: all of them or none. */
  async upsertAll<T extends TenantTable>(table: T, rows: Insert<T>[], conflict: Conflict<T>): Promise<void> {
    const [first, ...rest] = rows.map((values) => this.#upserting(table, values, conflict));
    if (first) await this.#db.batch([first, ...rest]);
  }

  /** Changes rows of this org; how many there were. */
  async update<T extends TenantTable>(table: T, set: SQLiteUpdateSetSource<T>, where: SQL): Promise<number> {
    const result = await this.#db
      .update(table as SQLiteTable)
      .set(set as SQLiteUpdateSetSource<SQLiteTable>)
      .where(this.#mine(table, where))
      .run();
    return result.meta.changes;
  }

  /** Deletes rows of this org; how many there were. */
  async remove<T extends TenantTable>(table: T, where: SQL): Promise<number> {
    const result = await this.#db
      .delete(table as SQLiteTable)
      .where(this.#mine(table, where))
      .run();
    return result.meta.changes;
  }

  /**
   * Statements over tables of tenants that the methods above cannot say, in one transaction; how many rows each changed.
   * `write` gets the org and puts it into each part of them: one without it is refused.
   */
  async transact(write: (orgId: string) => SQL[]): Promise<number[]> {
    const results = await this.#database.batch(write(this.orgId).map((statement) => this.#prepared(statement)));
    return results.map((result) => result.meta.changes);
  }

  /**
   * Rows of a statement that reads several tables of tenants. `write` gets the org and puts it into each part. A column `org_id`
   * of the answer is checked.
   */
  async query(write: (orgId: string) => SQL): Promise<unknown[]> {
    const { results } = await this.#prepared(write(this.orgId)).all<{ org_id?: unknown }>();
    return this.#checked(results, (row) => ("org_id" in row ? row.org_id : this.orgId));
  }

  #prepared(statement: SQL): D1PreparedStatement {
    const { sql: text, params } = this.#db.all(statement).getQuery();
    return this.#database.prepare(text).bind(...params);
  }

  #checked<T>(rows: T[], orgOf: (row: T) => unknown): T[] {
    if (rows.some((row) => orgOf(row) !== this.orgId)) throw new Error("a row of another org came back");
    return rows;
  }

  /**
   * Hits of this org for an FTS5 expression as `matchQuery` makes it, with the words around the match between the two
   * marks: of the newest thousand those in titles first, then the newest. FTS5's own ranking is not used: it counts every row
   * of the org at each search, because the org is a term of it.
   */
  search(words: string, options: SearchOptions): Promise<FoundRow[]> {
    const { limit, offset, looker } = options;
    return this.#found(
      words,
      sql`SELECT id, score, at FROM (
            SELECT search_fts.rowid AS id, e.kind <> 'title' AS score, e.at AS at ${this.#matching(words)}
            AND ${visibleTo(looker, sql`c`)} ORDER BY search_fts.rowid DESC LIMIT ${RANKED})
          ORDER BY score, at DESC, id DESC LIMIT ${limit} OFFSET ${offset}`,
    );
  }

  /** The newest hit in each of these conversations of this org. */
  searchWithin(words: string, conversationIds: string[]): Promise<FoundRow[]> {
    return this.#found(
      words,
      sql`SELECT e.rowid AS id, max(e.seq) AS score, e.at AS at ${this.#matching(words)}
          AND e.conversation_id IN (SELECT value FROM json_each(${JSON.stringify(conversationIds)}))
          GROUP BY e.conversation_id`,
    );
  }

  /** A subquery: the ids of this org's conversations in which an entry matches. */
  conversationsMatching(words: string): SQL {
    return sql`(SELECT e.conversation_id ${this.#matching(words)})`;
  }

  /** The org is a term of the match, so that others' entries are not even ranked, and a predicate of the join. */
  #matching(words: string): SQL {
    return sql`FROM search_fts CROSS JOIN search_entries e ON e.rowid = search_fts.rowid
      JOIN conversations c ON c.org_id = e.org_id AND c.id = e.conversation_id
      WHERE search_fts MATCH ${this.#expression(words)} AND e.org_id = ${this.orgId}`;
  }

  #expression(words: string): string {
    return `org_id : "${this.orgId.replaceAll('"', '""')}" AND text : (${words})`;
  }

  /** Snippets are made of the picked rows alone, which are the org's: its term is not looked up again for each. */
  async #found(words: string, picked: SQL): Promise<FoundRow[]> {
    const rows = await this.#db.all<FoundRow & { orgId: string }>(
      sql`WITH picked AS MATERIALIZED (${picked})
          SELECT e.org_id AS orgId, e.conversation_id AS conversationId, c.title AS title, e.kind AS kind, e.seq AS seq,
            e.at AS at, snippet(search_fts, 1, ${MATCH_BEGINS}, ${MATCH_ENDS}, '…', ${SNIPPET_TOKENS}) AS marked
          FROM picked CROSS JOIN search_fts ON search_fts.rowid = picked.id
          JOIN search_entries e ON e.rowid = picked.id
          JOIN conversations c ON c.org_id = e.org_id AND c.id = e.conversation_id
          WHERE search_fts MATCH ${`text : (${words})`} AND e.org_id = ${this.orgId}
          ORDER BY picked.score, picked.at DESC, picked.id DESC`,
    );
    return this.#checked(rows, (row) => row.orgId);
  }

  #upserting<T extends TenantTable>(table: T, values: Insert<T>, conflict: Conflict<T>) {
    const row = { ...values, orgId: this.orgId } as unknown as T["$inferInsert"];
    return this.#db
      .insert(table as SQLiteTable)
      .values(row)
      .onConflictDoUpdate({
        target: conflict.target,
        set: conflict.set as SQLiteUpdateSetSource<SQLiteTable>,
        setWhere: this.#mine(table, conflict.when),
      });
  }

  /** In parentheses: an OR in the condition binds less than the AND before it. */
  #mine(table: TenantTable, where?: SQL): SQL | undefined {
    return and(eq(table.orgId, this.orgId), where && sql`(${where})`);
  }
}

/** The tenant database of a principal. */
export function forTenant(env: { DB: D1Database }, principal: { orgId: string }): TenantDb {
  return new TenantDb(env.DB, principal.orgId);
}

/** Work across orgs: finding the org of a host name, cron, the control plane. Nothing else may use it. */
export class SystemDb {
  readonly raw;
  readonly #database: D1Database;
  constructor(env: { DB: D1Database }) {
    this.#database = env.DB;
    this.raw = drizzle(env.DB);
  }

  /** Statements in one transaction: all of them or none. */
  async transact(statements: SQL[]): Promise<void> {
    const queries = statements.map((statement) => this.raw.all(statement).getQuery());
    await this.#database.batch(queries.map(({ sql: text, params }) => this.#database.prepare(text).bind(...params)));
  }
}
