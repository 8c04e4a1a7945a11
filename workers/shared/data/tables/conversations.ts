import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ConversationHead } from "#contract/conversation";
import type { RunStatus } from "#contract/run";
import { orgs } from "./orgs.ts";

/** The index that lists and search need. The conversation object is the authority; `last_seq` orders its updates. */
export const conversations = sqliteTable(
  "conversations",
  {
    orgId: text("org_id")
      .notNull()
      .references(() => orgs.id),
    id: text("id").notNull(),
    kind: text("kind").$type<ConversationHead["kind"]>().notNull(),
    title: text("title").notNull(),
    repositoryId: text("repository_id"),
    repositoryName: text("repository_name"),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    archivedAt: integer("archived_at"),
    runStatus: text("run_status").$type<RunStatus>(),
    pendingAsks: integer("pending_asks").notNull().default(0),
    lastSeq: integer("last_seq").notNull().default(0),
    preview: text("preview").notNull().default(""),
    inputTokens: integer("input_tokens").notNull().default(0),
    outputTokens: integer("output_tokens").notNull().default(0),
    cachedTokens: integer("cached_tokens").notNull().default(0),
    costMicroUsd: integer("cost_micro_usd").notNull().default(0),
    /** Null: everybody in the org who is no guest. */
    spaceId: text("space_id"),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    index("conversations_updated").on(table.orgId, table.updatedAt, table.id),
  ],
);

/** How far each member has read, so that the list knows what is unread. */
export const conversationReads = sqliteTable(
  "conversation_reads",
  {
    orgId: text("org_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    memberId: text("member_id").notNull(),
    seq: integer("seq").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.conversationId, table.memberId] })],
);

/** Who takes part, as the conversation says: for lists and search, which cannot ask it. */
export const conversationMembers = sqliteTable(
  "conversation_members",
  {
    orgId: text("org_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    memberId: text("member_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.conversationId, table.memberId] }),
    index("conversation_members_member").on(table.orgId, table.memberId),
  ],
);
