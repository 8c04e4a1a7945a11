import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { accounts } from "./accounts.ts";
import { orgs } from "./orgs.ts";

const orgId = () =>
  text("org_id")
    .notNull()
    .references(() => orgs.id);

export const members = sqliteTable(
  "members",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    kind: text("kind", { enum: ["human", "agent", "system"] }).notNull(),
    name: text("name").notNull(),
    role: text("role", { enum: ["owner", "admin", "member", "guest"] }).notNull(),
    /** The agent behind a member of kind `agent`. */
    agentId: text("agent_id"),
    createdAt: integer("created_at").notNull(),
    /** The person behind a member of kind `human`. */
    accountId: text("account_id").references(() => accounts.id),
    email: text("email"),
    /** `pending` waits for an administrator; `removed` keeps the name of who wrote what. */
    state: text("state", { enum: ["pending", "active", "suspended", "removed"] })
      .notNull()
      .default("active"),
    rev: integer("rev").notNull().default(1),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    index("members_kind").on(table.orgId, table.kind),
    uniqueIndex("members_account").on(table.orgId, table.accountId),
  ],
);

/** One-time links into an org. */
export const invitations = sqliteTable(
  "invitations",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    email: text("email").notNull(),
    role: text("role", { enum: ["owner", "admin", "member", "guest"] }).notNull(),
    /** JSON list of `{spaceId, role}`. */
    spaces: text("spaces").notNull().default("[]"),
    tokenHash: text("token_hash").notNull(),
    invitedBy: text("invited_by").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    acceptedAt: integer("accepted_at"),
    revokedAt: integer("revoked_at"),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    uniqueIndex("invitations_token").on(table.orgId, table.tokenHash),
  ],
);

/** Tokens of people for programs, by their SHA-256. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    memberId: text("member_id").notNull(),
    name: text("name").notNull(),
    tokenHash: text("token_hash").notNull(),
    lastFour: text("last_four").notNull(),
    /** JSON list. */
    scopes: text("scopes").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at"),
    lastUsedAt: integer("last_used_at"),
    revokedAt: integer("revoked_at"),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    uniqueIndex("api_keys_token").on(table.orgId, table.tokenHash),
    index("api_keys_member").on(table.orgId, table.memberId),
  ],
);

/** What an agent or a worker shows to get a token: a secret by its SHA-256, or a public key. */
export const credentials = sqliteTable(
  "credentials",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    subject: text("subject", { enum: ["agent", "worker"] }).notNull(),
    /** The member of the agent, or the id of the worker. */
    subjectId: text("subject_id").notNull(),
    secretHash: text("secret_hash"),
    publicJwk: text("public_jwk"),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    lastUsedAt: integer("last_used_at"),
    revokedAt: integer("revoked_at"),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.id] })],
);
