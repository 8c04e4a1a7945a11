import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** People, across orgs. `email` is in lower case. */
export const accounts = sqliteTable(
  "accounts",
  {
    id: text("id").primaryKey(),
    email: text("email").notNull(),
    /** Null: nobody has shown yet that the address is theirs. */
    emailVerifiedAt: integer("email_verified_at"),
    name: text("name").notNull(),
    locale: text("locale").notNull().default("en"),
    timeZone: text("time_zone"),
    /** A versioned digest, as `domain/account/password.ts` says; null where the person signs in elsewhere. */
    passwordDigest: text("password_digest"),
    status: text("status", { enum: ["pending", "active", "suspended"] }).notNull(),
    createdAt: integer("created_at").notNull(),
    rev: integer("rev").notNull().default(1),
  },
  (table) => [uniqueIndex("accounts_email").on(table.email)],
);

/** Who an account is at an identity provider. */
export const identities = sqliteTable(
  "identities",
  {
    issuer: text("issuer").notNull(),
    subject: text("subject").notNull(),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    emailAtLink: text("email_at_link"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.subject] }), index("identities_account").on(table.accountId)],
);

/**
 * Browsers that are signed in, on `app.BASE` (no org) or on an org's host. The cookie holds a random id; here is its SHA-256.
 * A session of an org ends with the global one it came from.
 */
export const sessions = sqliteTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    tokenHash: text("token_hash").notNull(),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    /** The org whose host it is for; null on `app.BASE`. */
    hostOrgId: text("host_org_id"),
    parentId: text("parent_id"),
    userAgent: text("user_agent").notNull(),
    /** Truncated: IPv4 to 24 bits, IPv6 to 48. */
    address: text("address").notNull(),
    createdAt: integer("created_at").notNull(),
    seenAt: integer("seen_at").notNull(),
    revokedAt: integer("revoked_at"),
    /** Where an identity provider ends its session, for a sign-out there too; JSON. */
    signOut: text("sign_out"),
  },
  (table) => [
    uniqueIndex("sessions_token").on(table.tokenHash),
    index("sessions_account").on(table.accountId),
    index("sessions_parent").on(table.parentId),
  ],
);

/** Secrets that work once, by their SHA-256: links in mails, handovers between hosts, states of a sign-in, tickets. */
export const oneTimeCodes = sqliteTable(
  "one_time_codes",
  {
    hash: text("hash").primaryKey(),
    purpose: text("purpose").notNull(),
    /** JSON; its schema belongs to the purpose. */
    payload: text("payload").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("one_time_codes_expires").on(table.expiresAt)],
);

/** Our ES256 keys. The private half is sealed. */
export const signingKeys = sqliteTable("signing_keys", {
  kid: text("kid").primaryKey(),
  publicJwk: text("public_jwk").notNull(),
  privateSealed: text("private_sealed").notNull(),
  createdAt: integer("created_at").notNull(),
  /** It signs from then on; it is published before. */
  activeFrom: integer("active_from").notNull(),
  expiresAt: integer("expires_at").notNull(),
});

/** Mails of a development machine, instead of being sent. */
export const devMails = sqliteTable("dev_mails", {
  id: text("id").primaryKey(),
  recipient: text("recipient").notNull(),
  subject: text("subject").notNull(),
  body: text("body").notNull(),
  at: integer("at").notNull(),
});
