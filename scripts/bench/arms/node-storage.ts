import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/**
 * As much of a Durable Object's storage over node:sqlite as the conversation needs: every transaction is on disk when it
 * is over, as in the object (WAL, synchronous=FULL: one fsync each).
 */
export class NodeStorage {
  readonly sql: { exec(query: string, ...values: SQLInputValue[]): Rows };
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  constructor(path: string) {
    this.#db = openDurable(path);
    this.sql = { exec: (query, ...values) => this.#exec(query, values) };
  }

  transactionSync<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.#depth += 1;
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const value = work();
      this.#db.exec("COMMIT");
      return value;
    } catch (error) {
      this.#db.exec("ROLLBACK");
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  async setAlarm(): Promise<void> {}
  async deleteAlarm(): Promise<void> {}

  #exec(query: string, values: SQLInputValue[]): Rows {
    if (values.length === 0 && query.includes(";")) {
      this.#db.exec(query);
      return new Rows([]);
    }
    let statement = this.#statements.get(query);
    if (!statement) {
      statement = this.#db.prepare(query);
      this.#statements.set(query, statement);
    }
    return new Rows(statement.all(...values));
  }
}

type Row = Record<string, unknown>;

class Rows {
  readonly #rows: Row[];

  constructor(rows: Row[]) {
    this.#rows = rows;
  }

  toArray(): Row[] {
    return this.#rows;
  }

  one(): Row {
    const [row] = this.#rows;
    if (!row || this.#rows.length > 1) throw new Error(`one row was expected, not ${this.#rows.length}`);
    return row;
  }

  [Symbol.iterator](): Iterator<Row> {
    return this.#rows[Symbol.iterator]();
  }
}

/** A database whose transactions are on disk when they are over. */
export function openDurable(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
  return db;
}
