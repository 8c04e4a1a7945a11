import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { SignUpPolicy } from "#contract/org";

/** Tenants. The one table without `org_id`: its `id` is the org. */
export const orgs = sqliteTable(
  "orgs",
  {
    id: text("id").primaryKey(),
    slug: text("slug").notNull(),
    name: text("name").notNull(),
    createdAt: integer("created_at").notNull(),
    /** Set while it waits to be purged. */
    deletingAt: integer("deleting_at"),
    signUp: text("sign_up").$type<SignUpPolicy>().notNull().default("invitation"),
    /** JSON list of e-mail domains; read where `sign_up` is `domains`. */
    signUpDomains: text("sign_up_domains").notNull().default("[]"),
    /** A new identity with a verified e-mail may become an account that has it. */
    linkByEmail: integer("link_by_email", { mode: "boolean" }).notNull().default(false),
    rev: integer("rev").notNull().default(1),
  },
  (table) => [uniqueIndex("orgs_slug").on(table.slug)],
);

/** A name that somebody is about to take, for fifteen minutes. */
export const orgNameHolds = sqliteTable("org_name_holds", {
  slug: text("slug").primaryKey(),
  accountId: text("account_id").notNull(),
  expiresAt: integer("expires_at").notNull(),
});
