import { type MasterKeys, openUnderMaster, type SecretPlace, sealedParts, sealUnderMaster } from "#platform/sealing";
import { dataKeyPlace, providerKeyPlace } from "#platform/secret-places";

/** Runs statements of SQL, separated by semicolons, and answers the rows of the last. */
export type Execute = (sql: string) => Promise<Record<string, unknown>[]>;

/** How many there were of what the key-encryption key seals. */
export interface Rotated {
  rewrapped: number;
  /** Named the key before this one, but do not open with it: damaged, or moved from another place. */
  broken: string[];
  /** Sealed with neither of the two keys. */
  foreign: number;
}

interface Kind {
  table: string;
  column: string;
  /** The org of a row as an expression of SQL. */
  org: string;
  place(orgId: string | null, id: string): SecretPlace;
}

/** Everything that is sealed under the key-encryption key itself. Of providers those whose key was kept before orgs had data keys. */
const KINDS: Kind[] = [
  { table: "system_keys", column: "wrapped", org: "NULL", place: (_org, id) => dataKeyPlace(null, id) },
  { table: "org_keys", column: "wrapped", org: "org_id", place: (org, id) => dataKeyPlace(org, id) },
  { table: "providers", column: "key_sealed", org: "org_id", place: (org, id) => providerKeyPlace(org ?? "", id) },
];
const PAGE = 100;

/**
 * Seals again under the present key what the key before it sealed, a page at a time. A row that changed meanwhile is left as it
 * is, and a run that broke off is finished by the next: what is done already names the present key.
 */
export async function rotate(execute: Execute, keys: MasterKeys, onPage: (done: number) => void): Promise<Rotated> {
  const total: Rotated = { rewrapped: 0, broken: [], foreign: 0 };
  for (const kind of KINDS) await rotateKind({ execute, keys, kind, total, onPage });
  return total;
}

interface Work {
  execute: Execute;
  keys: MasterKeys;
  kind: Kind;
  total: Rotated;
  onPage(done: number): void;
}

async function rotateKind({ execute, keys, kind, total, onPage }: Work): Promise<void> {
  const { table, column, org } = kind;
  const known = [keys.current, keys.previous].map((one) => (one ? `AND ${column} NOT LIKE 'v1.${one.id}.%'` : ""));
  const [counted] = await execute(`SELECT count(*) AS n FROM ${table} WHERE ${column} LIKE 'v1.%' ${known.join(" ")}`);
  total.foreign += Number(counted?.n ?? 0);
  for (let after = 0; keys.previous !== null; ) {
    const rows = await execute(
      `SELECT rowid AS at, ${org} AS org, id, ${column} AS sealed FROM ${table}
       WHERE rowid > ${after} AND ${column} LIKE 'v1.${keys.previous.id}.%' ORDER BY rowid LIMIT ${PAGE}`,
    );
    const updates = await Promise.all(rows.map((row) => rewrapped({ keys, kind, total }, row)));
    const sql = updates.filter((one) => one !== null).join(";\n");
    if (sql !== "") await execute(sql);
    total.rewrapped += updates.filter((one) => one !== null).length;
    onPage(total.rewrapped);
    if (rows.length < PAGE) return;
    after = Number(rows.at(-1)?.at);
  }
}

/** The statement that replaces a row's sealed text, unless it was replaced meanwhile; null where it does not open. */
async function rewrapped(work: Pick<Work, "keys" | "kind" | "total">, row: Record<string, unknown>) {
  const { keys, kind, total } = work;
  const { table, column, place } = kind;
  const [orgId, id, sealed] = [row.org === null ? null : String(row.org), String(row.id), String(row.sealed)];
  const at = place(orgId, id);
  try {
    const text = await openUnderMaster(keys, at, sealedParts(sealed));
    const again = await sealUnderMaster(keys, at, text);
    return `UPDATE ${table} SET ${column} = ${quoted(again)} WHERE rowid = ${Number(row.at)} AND ${column} = ${quoted(sealed)}`;
  } catch {
    total.broken.push(`${table} ${id}`);
    return null;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
