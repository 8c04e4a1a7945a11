import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { orgs } from "./orgs.ts";

export const members = sqliteTable(
  "members",
  {
    orgId: text("org_id")
      .notNull()
      .references(() => orgs.id),
    id: text("id").notNull(),
    kind: text("kind", { enum: ["human", "agent", "system"] }).notNull(),
    name: text("name").notNull(),
    role: text("role", { enum: ["owner", "admin", "member", "guest"] }).notNull(),
    /** The agent behind a member of kind `agent`. */
    agentId: text("agent_id"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.id] }), index("members_kind").on(table.orgId, table.kind)],
);
