import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** First answers of creations that came with an `Idempotency-Key`. */
export const idempotency = sqliteTable(
  "idempotency",
  {
    orgId: text("org_id").notNull(),
    memberId: text("member_id").notNull(),
    key: text("key").notNull(),
    digest: text("digest").notNull(),
    answer: text("answer"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.memberId, table.key] })],
);
