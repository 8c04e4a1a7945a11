import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { orgs } from "./orgs.ts";

export const repositories = sqliteTable(
  "repositories",
  {
    orgId: text("org_id")
      .notNull()
      .references(() => orgs.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    cloneUrl: text("clone_url").notNull(),
    defaultBranch: text("default_branch").notNull(),
    /** JSON array of host names. */
    allowedHosts: text("allowed_hosts").notNull().default("[]"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    uniqueIndex("repositories_clone_url").on(table.orgId, table.cloneUrl),
  ],
);
