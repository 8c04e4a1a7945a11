/** One step of an object's schema: SQL (several statements are fine) or a function over its database. */
export type Migration = string | ((sql: SqlStorage) => void);

/**
 * Brings an object's database to the end of `steps`, which is append-only: a step that has run never runs again, and each
 * runs with its mark in one transaction, so that a crash leaves no half step. Synchronous, for use in a constructor.
 */
export function migrate(storage: DurableObjectStorage, steps: readonly Migration[]): void {
  const { sql } = storage;
  sql.exec("CREATE TABLE IF NOT EXISTS schema_steps (step INTEGER PRIMARY KEY)");
  const done = Number(sql.exec("SELECT COALESCE(MAX(step), 0) AS done FROM schema_steps").one().done);
  steps.slice(done).forEach((step, index) => {
    storage.transactionSync(() => {
      if (typeof step === "string") sql.exec(step);
      else step(sql);
      sql.exec("INSERT INTO schema_steps (step) VALUES (?)", done + index + 1);
    });
  });
}
