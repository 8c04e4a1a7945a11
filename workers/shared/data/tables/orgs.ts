import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Tenants. The one table without `org_id`: its `id` is the org. */
export const orgs = sqliteTable(
  "orgs",
  {
    id: text("id").primaryKey(),
    slug: text("slug").notNull(),
    name: text("name").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [uniqueIndex("orgs_slug").on(table.slug)],
);
