import { orgParameters } from "./org-predicate.ts";

/** What a tenant's database is asked for: statements with their arguments, alone or several in one transaction. */
export type GuardedDatabase = Pick<D1Database, "batch"> & { prepare(sql: string): Pick<D1PreparedStatement, "bind"> };

/** The statements of the code are few; those that a list of ids makes longer are not kept for ever. */
const KEPT_STATEMENTS = 500;
const known = new Map<string, number[]>();

/** A database that runs no statement but those that are restricted to the org. Throws at any other, before it is sent. */
export function guarded(database: D1Database, orgId: string): GuardedDatabase {
  return {
    prepare(sql) {
      const places = placesOf(sql);
      const statement = database.prepare(sql);
      return {
        bind(...values) {
          if (places.some((place) => values[place] !== orgId)) throw new Error("a statement for another org");
          return statement.bind(...values);
        },
      };
    },
    batch: (statements) => database.batch(statements),
  };
}

function placesOf(sql: string): number[] {
  const before = known.get(sql);
  if (before) return before;
  const places = orgParameters(sql);
  if (known.size >= KEPT_STATEMENTS) known.clear();
  known.set(sql, places);
  return places;
}
