import { hasNoAccounts, insertAccount, membershipsOf, unclaimedOwner, unusedAccount } from "#data/accounts";
import { updateMember } from "#data/members";
import { enterSpaces } from "#data/spaces";
import { forTenant } from "#data/tenant-db";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { pageUrl } from "./links.ts";
import { newId } from "./new-id.ts";
import { issueCode } from "./one-time-codes.ts";

const LINK_MS = 24 * 60 * 60_000;
const NAME = "Administrator";
/** Looked for once in the life of an isolate and environment. */
const settled = new WeakMap<object, Promise<void>>();

/**
 * At the first start of an empty store the account of `ADMIN_EMAIL` is made, and owns the org that was made without one. Where
 * people have passwords, each start prints a link to set one on the server's output, for as long as nobody can sign in at all.
 * A link works for a day and once; when one was used, the others are void.
 */
export function ensureFirstAdmin(env: Env): Promise<void> {
  const config = configOf(env);
  const known = settled.get(config) ?? makeFirstAdmin(env);
  settled.set(config, known);
  known.catch(() => settled.delete(config));
  return known;
}

/** Each step does nothing where an earlier start, or another one at this time, did it. */
async function makeFirstAdmin(env: Env): Promise<void> {
  const { adminEmail: email, authMode } = configOf(env);
  if (email === null || authMode === "NONE") return;
  if (await hasNoAccounts(env)) {
    const now = Date.now();
    const row = { id: newId("account"), email, name: NAME, status: "active", createdAt: now } as const;
    await insertAccount(env, { ...row, emailVerifiedAt: now });
  }
  const id = await unusedAccount(env, email);
  if (id === null) return;
  await claimOrg(env, { id, email });
  if (authMode === "LOCAL") await printLink(env, id);
}

async function claimOrg(env: Env, account: { id: string; email: string }): Promise<void> {
  const { id, email } = account;
  const known = (await membershipsOf(env, id))[0]?.member;
  const owner = known ? { orgId: known.orgId, memberId: known.id } : await unclaimedOwner(env);
  if (!owner) return;
  const db = forTenant(env, owner);
  if (!known) await updateMember(db, owner.memberId, { accountId: id, email });
  await enterSpaces(db, { id: owner.memberId, name: NAME }, { grants: [], personalId: newId("space"), at: Date.now() });
}

async function printLink(env: Env, accountId: string): Promise<void> {
  const token = await issueCode(env, "set_password", { payload: { accountId, verifies: false }, ttlMs: LINK_MS });
  // Printed on purpose, past the log and its redaction: nobody could get in without it.
  console.log(`set the first administrator's password: ${pageUrl(env, "reset", token)}`);
}
