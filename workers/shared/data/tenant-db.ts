import { and, eq, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SQLiteColumn, SQLiteTable, SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";

/** A table whose rows belong to an org. */
export type TenantTable = SQLiteTable & { orgId: SQLiteColumn };
type Insert<T extends TenantTable> = Omit<T["$inferInsert"], "orgId">;
interface SelectOptions {
  where?: SQL;
  orderBy?: SQL | SQL[];
  limit?: number;
}

/**
 * The only way to tenant tables: every statement carries the org's predicate, and rows that come back are checked. It is
 * made from a verified principal and never from an id in a request.
 */
export class TenantDb {
  readonly orgId: string;
  readonly #db;

  constructor(database: D1Database, orgId: string) {
    this.#db = drizzle(database);
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
    for (const row of rows) {
      if ((row as { orgId?: unknown }).orgId !== this.orgId) throw new Error("a row of another org came back");
    }
    return rows;
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
  async upsert<T extends TenantTable>(
    table: T,
    values: Insert<T>,
    conflict: { target: SQLiteColumn[]; set: SQLiteUpdateSetSource<T>; when?: SQL },
  ): Promise<void> {
    const row = { ...values, orgId: this.orgId } as unknown as T["$inferInsert"];
    await this.#db
      .insert(table as SQLiteTable)
      .values(row)
      .onConflictDoUpdate({
        target: conflict.target,
        set: conflict.set as SQLiteUpdateSetSource<SQLiteTable>,
        setWhere: this.#mine(table, conflict.when),
      })
      .run();
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

  #mine(table: TenantTable, where?: SQL): SQL | undefined {
    return and(eq(table.orgId, this.orgId), where);
  }
}

/** The tenant database of a principal. */
export function forTenant(env: { DB: D1Database }, principal: { orgId: string }): TenantDb {
  return new TenantDb(env.DB, principal.orgId);
}

/** Work across orgs: finding the org of a host name, cron, the control plane. Nothing else may use it. */
export class SystemDb {
  readonly raw;
  constructor(env: { DB: D1Database }) {
    this.raw = drizzle(env.DB);
  }
}
