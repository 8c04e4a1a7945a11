import { newId } from "#platform/new-id";

type Value = string | number | null;
type Row = Record<string, Value>;

interface Column {
  name: string;
  type: string;
}

/** What `seedOrg` writes into text columns begins so: found in another org's answer it has leaked. */
export const MARK = "of-the-other-org";
/** What it writes into columns of numbers. */
export const MARKED_NUMBER = 987_654_321;
/** The id of everything in an org that `seedOrg` made, and of what its rows refer to. */
export const SEEDED_ID = `${MARK}-id`;

/** Where a row needs more than marks: a value that is parsed, or rows of several kinds. */
const ROWS: Record<string, Row[]> = {
  conversations: [{ kind: "code", title: `${MARK} words`, archived_at: null, space_id: null, run_status: null }],
  members: [
    { id: SEEDED_ID, kind: "human", role: "owner", state: "active", account_id: SEEDED_ID },
    { id: `${SEEDED_ID}-agent`, kind: "agent", role: "member", state: "active", account_id: null },
  ],
  month_spendings: [{ month: "2026-11" }],
  budget_leases: [{ month: "2026-11", expires_at: 4e12 }],
  providers: [{ models: '[{"name":"of-the-other-org","contextTokens":null}]', enabled: 1 }],
  repositories: [{ allowed_hosts: "[]" }],
  idempotency: [{ answer: `{"status":200,"body":"${MARK}"}` }],
  search_entries: [{ kind: "title", text: `${MARK} words` }],
  spaces: [{ visibility: "open", archived_at: null, owner_id: SEEDED_ID }],
  space_members: [{ role: "lead" }],
  invitations: [{ spaces: "[]", role: "member", accepted_at: null, revoked_at: null }],
  api_keys: [{ scopes: "[]", revoked_at: null, expires_at: null }],
  credentials: [{ subject: "agent", revoked_at: null }],
  identity_providers: [{ role_of_group: "{}", enabled: 1 }],
};

/** The tables of the schema with a column `org_id`, from the database itself. */
export async function tenantTables(database: D1Database): Promise<string[]> {
  const { results } = await database
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%org_id%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY 1`,
    )
    .all<{ name: string }>();
  const columns = await database.batch<Column>(
    results.map(({ name }) => database.prepare(`PRAGMA table_info("${name}")`)),
  );
  return results.flatMap(({ name }, at) =>
    columns[at]?.results.some((column) => column.name === "org_id") ? [name] : [],
  );
}

/** A new org with a row in each table of tenants. Its text is marked, and everything in it has the one id. */
export async function seedOrg(database: D1Database): Promise<string> {
  const orgId = await emptyOrg(database);
  await seedInto(database, orgId);
  return orgId;
}

/** Adds such rows to an org. */
export async function seedInto(database: D1Database, orgId: string): Promise<void> {
  const inserts = [
    database
      .prepare("INSERT OR IGNORE INTO accounts (id, email, name, status, created_at) VALUES (?, ?, ?, 'active', 0)")
      .bind(SEEDED_ID, MARK, MARK),
  ];
  for (const table of await tenantTables(database)) {
    const { results: columns } = await database.prepare(`PRAGMA table_info("${table}")`).all<Column>();
    for (const values of ROWS[table] ?? [{}])
      inserts.push(insert(database, table, rowOf(columns, { ...values, org_id: orgId })));
  }
  await database.batch([database.prepare("PRAGMA defer_foreign_keys = true"), ...inserts]);
}

/** A new org with nothing in it. */
export async function emptyOrg(database: D1Database): Promise<string> {
  const orgId = newId("org");
  await insert(database, "orgs", { id: orgId, slug: orgId, name: MARK, created_at: MARKED_NUMBER }).run();
  return orgId;
}

/** Every row of an org, by table. */
export async function rowsOf(database: D1Database, orgId: string): Promise<Record<string, Row[]>> {
  const tables = await tenantTables(database);
  const answers = await database.batch<Row>(
    tables.map((table) => database.prepare(`SELECT * FROM "${table}" WHERE org_id = ? ORDER BY rowid`).bind(orgId)),
  );
  return Object.fromEntries(tables.map((table, at) => [table, answers[at]?.results ?? []]));
}

function rowOf(columns: Column[], values: Row): Row {
  return Object.fromEntries(
    columns.map(({ name, type }) => [name, name in values ? (values[name] ?? null) : markOf(name, type)]),
  );
}

function markOf(name: string, type: string): Value {
  if (type.toLowerCase() === "integer") return MARKED_NUMBER;
  return /(?:^|_)id$/.test(name) ? SEEDED_ID : `${MARK}-${name}`;
}

function insert(database: D1Database, table: string, row: Row): D1PreparedStatement {
  const names = Object.keys(row);
  const text = `INSERT INTO "${table}" (${names.map((name) => `"${name}"`)}) VALUES (${names.map(() => "?")})`;
  return database.prepare(text).bind(...Object.values(row));
}
