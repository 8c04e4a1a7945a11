import { and, asc, eq, isNull, ne, sql } from "drizzle-orm";
import { accounts, identities } from "./tables/accounts.ts";
import { members } from "./tables/members.ts";
import { orgs } from "./tables/orgs.ts";
import { SystemDb } from "./tenant-db.ts";

type Env = { DB: D1Database };
export type AccountRow = typeof accounts.$inferSelect;

const db = (env: Env) => new SystemDb(env).raw;

/** The account with this id, whatever its status, or null. */
export async function findAccount(env: Env, id: string): Promise<AccountRow | null> {
  return (await db(env).select().from(accounts).where(eq(accounts.id, id)).limit(1))[0] ?? null;
}

/** The account with this address (in lower case), or null. */
export async function accountByEmail(env: Env, email: string): Promise<AccountRow | null> {
  return (await db(env).select().from(accounts).where(eq(accounts.email, email)).limit(1))[0] ?? null;
}

/** The account that is known by this name at an identity provider, or null. */
export async function accountOfIdentity(env: Env, issuer: string, subject: string): Promise<AccountRow | null> {
  const rows = await db(env)
    .select({ account: accounts })
    .from(identities)
    .innerJoin(accounts, eq(accounts.id, identities.accountId))
    .where(and(eq(identities.issuer, issuer), eq(identities.subject, subject)))
    .limit(1);
  return rows[0]?.account ?? null;
}

/** Adds an account; false where the address is taken. */
export async function insertAccount(env: Env, row: typeof accounts.$inferInsert): Promise<boolean> {
  const done = await db(env).insert(accounts).values(row).onConflictDoNothing().run();
  return done.meta.changes > 0;
}

/**
 * Adds an account with the identity that it is of: both, or neither where the address or the identity is taken. Whoever asks again
 * then finds whose they are.
 */
export async function insertAccountOf(
  env: Env,
  account: typeof accounts.$inferInsert,
  identity: Omit<typeof identities.$inferInsert, "accountId">,
): Promise<void> {
  const { issuer, subject, emailAtLink = null, createdAt } = identity;
  const bound = and(eq(identities.issuer, issuer), eq(identities.subject, subject));
  await db(env).batch([
    db(env).insert(accounts).values(account).onConflictDoNothing(),
    db(env)
      .insert(identities)
      .select(
        sql`SELECT ${issuer}, ${subject}, ${accounts.id}, ${emailAtLink}, ${createdAt} FROM ${accounts} WHERE ${eq(accounts.id, account.id)}`,
      )
      .onConflictDoNothing(),
    db(env)
      .delete(accounts)
      .where(
        and(
          eq(accounts.id, account.id),
          sql`NOT EXISTS (SELECT 1 FROM ${identities} WHERE ${and(bound, eq(identities.accountId, account.id))})`,
        ),
      ),
  ]);
}

/** Binds an identity to an account for good; false where it is bound already. */
export async function insertIdentity(env: Env, row: typeof identities.$inferInsert): Promise<boolean> {
  const done = await db(env).insert(identities).values(row).onConflictDoNothing().run();
  return done.meta.changes > 0;
}

export type AccountChange = Partial<Omit<AccountRow, "id" | "email" | "createdAt" | "rev">>;

/** Changes an account; false where there is none such. */
export async function updateAccount(env: Env, id: string, change: AccountChange): Promise<boolean> {
  const where = eq(accounts.id, id);
  const set = { ...change, rev: sql`${accounts.rev} + 1` };
  return (await db(env).update(accounts).set(set).where(where).run()).meta.changes > 0;
}

/** Whether nobody has an account yet. */
export async function hasNoAccounts(env: Env): Promise<boolean> {
  return (await db(env).select({ id: accounts.id }).from(accounts).limit(1)).length === 0;
}

/** The account with this address where nobody can sign in yet: it has no password and no identity, and no other is active. */
export async function unusedAccount(env: Env, email: string): Promise<string | null> {
  const bound = sql`EXISTS (SELECT 1 FROM ${identities} WHERE ${eq(identities.accountId, accounts.id)})`;
  const others = sql`EXISTS (SELECT 1 FROM accounts other WHERE other.id <> ${accounts.id} AND other.status = 'active')`;
  const rows = await db(env)
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.email, email), isNull(accounts.passwordDigest), sql`NOT ${bound}`, sql`NOT ${others}`))
    .limit(1);
  return rows[0]?.id ?? null;
}

/** An org with what an account is in it. */
export interface Membership {
  org: typeof orgs.$inferSelect;
  member: typeof members.$inferSelect;
}

/** The orgs of an account by name, without those it was removed from. */
export function membershipsOf(env: Env, accountId: string): Promise<Membership[]> {
  return db(env)
    .select({ org: orgs, member: members })
    .from(members)
    .innerJoin(orgs, eq(orgs.id, members.orgId))
    .where(and(eq(members.accountId, accountId), ne(members.state, "removed")))
    .orderBy(asc(orgs.name), asc(orgs.id));
}

/** An org whose owners have no account: the one that a first start made. */
export async function unclaimedOwner(env: Env): Promise<{ orgId: string; memberId: string } | null> {
  const claimed = sql`EXISTS (SELECT 1 FROM members m WHERE m.org_id = ${orgs.id} AND m.account_id IS NOT NULL)`;
  const rows = await db(env)
    .select({ orgId: orgs.id, memberId: members.id })
    .from(members)
    .innerJoin(orgs, eq(orgs.id, members.orgId))
    .where(and(eq(members.role, "owner"), eq(members.kind, "human"), sql`NOT ${claimed}`))
    .orderBy(asc(orgs.createdAt), asc(members.id))
    .limit(1);
  return rows[0] ?? null;
}
