import { hasNoAccounts, insertAccount, unclaimedOwner } from "#data/accounts";
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
 * people have passwords, a link to set one is printed on the server's output, once; it works for a day and once.
 */
export function ensureFirstAdmin(env: Env): Promise<void> {
  const config = configOf(env);
  const known = settled.get(config) ?? makeFirstAdmin(env);
  settled.set(config, known);
  known.catch(() => settled.delete(config));
  return known;
}

async function makeFirstAdmin(env: Env): Promise<void> {
  const { adminEmail: email, authMode } = configOf(env);
  if (email === null || authMode === "NONE" || !(await hasNoAccounts(env))) return;
  const now = Date.now();
  const id = newId("account");
  const made = await insertAccount(env, {
    id,
    email,
    name: NAME,
    emailVerifiedAt: now,
    status: "active",
    createdAt: now,
  });
  if (!made) return;
  const owner = await unclaimedOwner(env);
  if (owner) {
    const db = forTenant(env, owner);
    await updateMember(db, owner.memberId, { accountId: id, email });
    await enterSpaces(db, { id: owner.memberId, name: NAME }, { grants: [], personalId: newId("space"), at: now });
  }
  if (authMode === "LOCAL") await printLink(env, id);
}

async function printLink(env: Env, accountId: string): Promise<void> {
  const token = await issueCode(env, "set_password", { payload: { accountId, verifies: false }, ttlMs: LINK_MS });
  // Printed on purpose, past the log and its redaction: nobody could get in without it.
  console.log(`set the first administrator's password: ${pageUrl(env, "reset", token)}`);
}
