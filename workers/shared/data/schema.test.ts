import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";

const folder = join(import.meta.dirname, "..", "..", "..", "migrations");
const migrations = readdirSync(folder)
  .filter((name) => name.endsWith(".sql"))
  .sort();
/** Tables of the installation: what they hold belongs to no org, or is the list of orgs. */
const SYSTEM = [
  "accounts",
  "dev_mails",
  "identities",
  "one_time_codes",
  "org_name_holds",
  "orgs",
  "sessions",
  "signing_keys",
  "system_keys",
];
/** The tables that are older than the rule, in the order in which rows can be put into them. */
const REBUILT = [
  "members",
  "spaces",
  "space_members",
  "conversations",
  "search_entries",
  "conversation_reads",
  "repositories",
  "providers",
  "files",
  "idempotency",
  "budgets",
  "budget_leases",
  "conversation_budgets",
  "month_spendings",
];

type Row = Record<string, string | number | null>;

function migrate(database: DatabaseSync, names: string[]): void {
  for (const name of names) database.exec(`BEGIN; ${readFileSync(join(folder, name), "utf8")}; COMMIT;`);
}

const database = new DatabaseSync(":memory:");
migrate(database, migrations);
const rows = (sql: string, from = database) => from.prepare(sql).all() as Row[];
const tables = rows("PRAGMA table_list").filter(
  ({ type, schema, name }) => type === "table" && schema === "main" && !String(name).startsWith("sqlite_"),
);
const columnsOf = (table: string, from = database) => rows(`PRAGMA table_info("${table}")`, from);
const tenantTables = tables
  .map(({ name }) => String(name))
  .filter((name) => columnsOf(name).some((column) => column.name === "org_id"))
  .sort();

describe("the tables of tenants", () => {
  it("are all but those of the installation", () => {
    expect(
      tables
        .map(({ name }) => name)
        .filter((name) => !tenantTables.includes(String(name)))
        .sort(),
    ).toEqual(SYSTEM);
    expect(tenantTables.length).toBeGreaterThan(20);
  });

  it.each(tenantTables)("%s is STRICT, and the org is first in its primary key and its indexes", (table) => {
    expect(tables.find(({ name }) => name === table)?.strict).toBe(1);
    const columns = columnsOf(table);
    expect(columns.find(({ pk }) => pk === 1)?.name).toBe("org_id");
    expect(columns.find(({ name }) => name === "org_id")?.notnull).toBe(1);
    const firsts = rows(`PRAGMA index_list("${table}")`).map(
      ({ name }) => rows(`PRAGMA index_info("${name}")`)[0]?.name,
    );
    expect(new Set(firsts)).toEqual(new Set(["org_id"]));
  });

  it.each(tenantTables)("%s refers to other tables of tenants by the org first", (table) => {
    const keys = rows(`PRAGMA foreign_key_list("${table}")`).filter(
      ({ seq, table: to }) => seq === 0 && to !== "accounts",
    );
    for (const key of keys) expect(key).toMatchObject({ from: "org_id", to: key.table === "orgs" ? "id" : "org_id" });
  });

  it.each(tenantTables)("%s keeps the org of a row", (table) => {
    const [trigger] = rows(
      `SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '${table}' AND name = '${table}_org'`,
    );
    expect(trigger?.sql).toMatch(
      /BEFORE UPDATE OF `org_id` ON `\w+` BEGIN\s+SELECT RAISE\(ABORT, 'a row stays with its org'\)/,
    );
  });
});

/** What a row of a column is made of: `n` tells rows apart. */
function cellOf({ name, type }: Row, n: number): string | number | null {
  if (String(type).toLowerCase() === "integer") return n;
  if (name === "org_id") return `org_${n % 2}`;
  if (name === "account_id") return n < 2 ? "acc" : null;
  return /id$/.test(String(name)) ? `id${n}` : `${name} ${n}`;
}

function fill(from: DatabaseSync, table: string, count: number): void {
  const columns = columnsOf(table, from);
  const insert = from.prepare(`INSERT INTO "${table}" VALUES (${columns.map(() => "?").join()})`);
  for (let n = 0; n < count; n++) insert.run(...columns.map((column) => cellOf(column, n)));
}

describe("the rebuilt tables", () => {
  const before = migrations.filter((name) => name < "0006");
  const found = (from: DatabaseSync, word: string) =>
    rows(
      `SELECT e.rowid AS at, e.org_id AS org, snippet(search_fts, 1, '[', ']', '', 5) AS text FROM search_fts
       JOIN search_entries e ON e.rowid = search_fts.rowid WHERE search_fts MATCH '${word}' ORDER BY 1`,
      from,
    );
  const filled = () => {
    const made = new DatabaseSync(":memory:");
    migrate(made, before);
    made.exec(`INSERT INTO accounts (id, email, name, status, created_at) VALUES ('acc', 'a@b', 'A', 'active', 0);
      INSERT INTO orgs (id, slug, name, created_at) VALUES ('org_0', 'a', 'A', 0), ('org_1', 'b', 'B', 0);`);
    for (const table of REBUILT) fill(made, table, table === "budgets" ? 2 : 40);
    return made;
  };

  it("come through with every row, every index and every rowid", () => {
    const made = filled();
    made.exec("DELETE FROM search_entries WHERE seq IN (3, 4, 11)");
    const dump = () =>
      REBUILT.map((table) => [
        table,
        rows(`SELECT rowid, * FROM "${table}" ORDER BY 1`, made),
        rows(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = '${table}' ORDER BY 1`, made),
      ]);
    const [was, hits] = [dump(), found(made, "text")];
    expect(hits).toHaveLength(37);
    migrate(
      made,
      migrations.filter((name) => name >= "0006"),
    );
    expect(dump()).toEqual(was);
    expect(found(made, "text")).toEqual(hits);
    expect(rows("PRAGMA foreign_key_check", made)).toEqual([]);
    expect(rows("PRAGMA integrity_check", made)).toEqual([{ integrity_check: "ok" }]);
  });

  it("are found and cleared up by their triggers as before", () => {
    const made = filled();
    migrate(
      made,
      migrations.filter((name) => name >= "0006"),
    );
    made.exec("UPDATE search_entries SET text = 'changed' WHERE seq = 5; DELETE FROM conversations WHERE id = 'id7'");
    made.exec("INSERT INTO search_entries VALUES ('org_0', 'id8', 99, 'title', 'added', 0, 0)");
    expect(found(made, "changed OR added").map(({ text }) => text)).toEqual(["[changed]", "[added]"]);
    expect(found(made, "text")).toHaveLength(38);
    made.exec("INSERT INTO search_fts (search_fts, rank) VALUES ('integrity-check', 1)");
    expect(() => made.exec("UPDATE search_entries SET org_id = 'org_1' WHERE org_id = 'org_0'")).toThrow(
      "stays with its org",
    );
    made.exec("DELETE FROM members WHERE id = 'id1'");
    expect(rows("SELECT count(*) AS n FROM space_members WHERE member_id = 'id1'", made)).toEqual([{ n: 0 }]);
  });
});
