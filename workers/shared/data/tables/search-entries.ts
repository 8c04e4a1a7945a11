import { foreignKey, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { SearchKind } from "#contract/search";
import { conversations } from "./conversations.ts";

/**
 * What search finds. Triggers keep the full-text index `search_fts` in step with it. `rev` is the seq of the log that a
 * row was written from: it orders updates. A row goes with its conversation.
 */
export const searchEntries = sqliteTable(
  "search_entries",
  {
    orgId: text("org_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    seq: integer("seq").notNull(),
    kind: text("kind").$type<SearchKind>().notNull(),
    text: text("text").notNull(),
    at: integer("at").notNull(),
    rev: integer("rev").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.conversationId, table.seq] }),
    foreignKey({
      columns: [table.orgId, table.conversationId],
      foreignColumns: [conversations.orgId, conversations.id],
    }).onDelete("cascade"),
  ],
);
