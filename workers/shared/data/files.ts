import { and, desc, eq, inArray } from "drizzle-orm";
import type { StoredFile } from "#contract/file";
import { files, fileUses } from "./tables/files.ts";
import type { TenantDb } from "./tenant-db.ts";

type Row = typeof files.$inferSelect;

/** The files of the org with these ids, in their order; unknown ids are left out, and those of others than `ownerId`. */
export async function getFiles(db: TenantDb, ids: readonly string[], ownerId?: string): Promise<StoredFile[]> {
  if (ids.length === 0) return [];
  const own = ownerId === undefined ? undefined : eq(files.ownerId, ownerId);
  const rows = await db.select(files, { where: and(inArray(files.id, [...ids]), own) });
  const known = new Map(rows.map((row) => [row.id, fromRow(row)]));
  return ids.map((id) => known.get(id)).filter((one) => one !== undefined);
}

/** Who stored a file, and the newest twenty conversations in which it was attached; null where there is none. */
export async function fileAccess(db: TenantDb, id: string): Promise<{ ownerId: string; usedIn: string[] } | null> {
  const file = await db.selectOne(files, eq(files.id, id));
  if (!file) return null;
  const uses = await db.select(fileUses, {
    where: eq(fileUses.fileId, id),
    orderBy: desc(fileUses.conversationId),
    limit: 20,
  });
  return { ownerId: file.ownerId, usedIn: uses.map((one) => one.conversationId) };
}

/** Notes that files are attached in a conversation. */
export async function noteFileUse(db: TenantDb, conversationId: string, fileIds: readonly string[]): Promise<void> {
  for (const fileId of new Set(fileIds)) await db.insert(fileUses, { fileId, conversationId });
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
