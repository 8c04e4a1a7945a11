import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Where a member's sockets are, so that they can be closed when the session, the member or the role behind them changes. */
export const socketPlaces = sqliteTable(
  "socket_places",
  {
    orgId: text("org_id").notNull(),
    memberId: text("member_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    at: integer("at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.memberId, table.conversationId] }),
    index("socket_places_conversation").on(table.orgId, table.conversationId),
  ],
);
