import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { orgs } from "./orgs.ts";

/** Uploaded files; the bytes are in R2 under `{orgId}/files/{id}`. */
export const files = sqliteTable(
  "files",
  {
    orgId: text("org_id")
      .notNull()
      .references(() => orgs.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    mime: text("mime").notNull(),
    size: integer("size").notNull(),
    ownerId: text("owner_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.id] })],
);

/** In which conversations a file was attached: who may read one of them may read the file. */
export const fileUses = sqliteTable(
  "file_uses",
  {
    orgId: text("org_id").notNull(),
    fileId: text("file_id").notNull(),
    conversationId: text("conversation_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.fileId, table.conversationId] })],
);
