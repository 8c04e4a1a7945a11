import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { orgs } from "./orgs.ts";

/** Where an org's people may sign in, besides the providers of the deployment. */
export const identityProviders = sqliteTable(
  "identity_providers",
  {
    orgId: text("org_id")
      .notNull()
      .references(() => orgs.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    issuer: text("issuer").notNull(),
    clientId: text("client_id").notNull(),
    /** Encrypted; null for a public client. */
    secretSealed: text("secret_sealed"),
    secretLastFour: text("secret_last_four"),
    secretUpdatedAt: integer("secret_updated_at"),
    scopes: text("scopes").notNull().default("openid profile email"),
    /** The claim that lists groups, and JSON of group → role. */
    groupsClaim: text("groups_claim"),
    roleOfGroup: text("role_of_group").notNull().default("{}"),
    enabled: integer("enabled", { mode: "boolean" }).notNull(),
    createdAt: integer("created_at").notNull(),
    rev: integer("rev").notNull().default(1),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.id] })],
);
