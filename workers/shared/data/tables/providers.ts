import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { ProviderKind } from "#contract/provider";
import { orgs } from "./orgs.ts";

export const providers = sqliteTable(
  "providers",
  {
    orgId: text("org_id")
      .notNull()
      .references(() => orgs.id),
    id: text("id").notNull(),
    kind: text("kind").$type<ProviderKind>().notNull(),
    name: text("name").notNull(),
    slug: text("slug").notNull(),
    baseUrl: text("base_url"),
    /** JSON of `providerModel[]`. */
    models: text("models").notNull(),
    enabled: integer("enabled", { mode: "boolean" }).notNull(),
    /** The key, encrypted (platform/secrets.ts); null where there is none. */
    keySealed: text("key_sealed"),
    keyLastFour: text("key_last_four"),
    keyUpdatedAt: integer("key_updated_at"),
    rev: integer("rev").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    uniqueIndex("providers_slug").on(table.orgId, table.slug),
  ],
);
