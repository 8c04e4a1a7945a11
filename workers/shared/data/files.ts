import { inArray } from "drizzle-orm";
import type { StoredFile } from "#contract/file";
import { files } from "./tables/files.ts";
import type { TenantDb } from "./tenant-db.ts";

type Row = typeof files.$inferSelect;

/** The files of the org with these ids, in their order; unknown ids are left out. */
export async function getFiles(db: TenantDb, ids: readonly string[]): Promise<StoredFile[]> {
  if (ids.length === 0) return [];
  const rows = await db.select(files, { where: inArray(files.id, [...ids]) });
  const known = new Map(rows.map((row) => [row.id, fromRow(row)]));
  return ids.map((id) => known.get(id)).filter((one) => one !== undefined);
}

/** Adds a file's row. */
export async function insertFile(db: TenantDb, row: Omit<Row, "orgId">): Promise<StoredFile> {
  await db.insert(files, row);
  return fromRow({ ...row, orgId: db.orgId });
}

function fromRow(row: Row): StoredFile {
  return {
    id: row.id,
    name: row.name,
    mime: row.mime,
    size: row.size,
    createdAt: new Date(row.createdAt).toISOString(),
  };
}
