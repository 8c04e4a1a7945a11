import { foreignKey, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { members } from "./members.ts";
import { orgs } from "./orgs.ts";

/** Named groups of conversations. */
export const spaces = sqliteTable(
  "spaces",
  {
    orgId: text("org_id")
      .notNull()
      .references(() => orgs.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    visibility: text("visibility", { enum: ["open", "private", "personal"] }).notNull(),
    /** Whose personal space it is. */
    ownerId: text("owner_id"),
    createdAt: integer("created_at").notNull(),
    archivedAt: integer("archived_at"),
    rev: integer("rev").notNull().default(1),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.id] }), index("spaces_owner").on(table.orgId, table.ownerId)],
);

export const spaceMembers = sqliteTable(
  "space_members",
  {
    orgId: text("org_id").notNull(),
    spaceId: text("space_id").notNull(),
    memberId: text("member_id").notNull(),
    role: text("role", { enum: ["lead", "member", "viewer"] }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.spaceId, table.memberId] }),
    index("space_members_member").on(table.orgId, table.memberId),
    foreignKey({
      columns: [table.orgId, table.spaceId],
      foreignColumns: [spaces.orgId, spaces.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [table.orgId, table.memberId],
      foreignColumns: [members.orgId, members.id],
    }).onDelete("cascade"),
  ],
);
