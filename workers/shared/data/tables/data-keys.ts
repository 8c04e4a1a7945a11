import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { orgs } from "./orgs.ts";

/**
 * The keys that an org's secrets are sealed with, themselves sealed under the key-encryption key (platform/secrets.ts). There is
 * a second one only where the first cannot be opened any more.
 */
export const orgKeyTable = sqliteTable(
  "org_keys",
  {
    orgId: text("org_id")
      .notNull()
      .references(() => orgs.id),
    /** What ciphertexts name it by. */
    id: text("id").notNull(),
    /** From 1; of two made at once one is refused. */
    generation: integer("generation").notNull(),
    wrapped: text("wrapped").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    uniqueIndex("org_keys_generation").on(table.orgId, table.generation),
  ],
);

/** The same for secrets of the installation itself. */
export const systemKeyTable = sqliteTable("system_keys", {
  id: text("id").primaryKey(),
  generation: integer("generation").notNull().unique("system_keys_generation"),
  wrapped: text("wrapped").notNull(),
  createdAt: integer("created_at").notNull(),
});
