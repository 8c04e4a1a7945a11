import { type ApiKeyRow, findApiKey, noteKeyUse } from "#data/api-keys";
import { forTenant } from "#data/tenant-db";
import type { Env } from "./env.ts";
import { randomToken, sha256Hex } from "./random-token.ts";

/** The last use of a key is noted this often. */
const USE_NOTED_MS = 60_000;
const FORM = /^qsk_([0-9a-f]{32})_[\w-]{43}$/;

/** A new key of an org: the org is a part of it, so that a request without a host of the org finds it. */
export async function newApiKey(orgId: string): Promise<{ token: string; tokenHash: string; lastFour: string }> {
  const token = `qsk_${orgId.replace("org_", "")}_${randomToken()}`;
  return { token, tokenHash: await sha256Hex(token), lastFour: token.slice(-4) };
}

/** The org that a key says it is of, or null where it is no key. Nothing is proven by this. */
export function orgOfKey(token: string): string | null {
  const org = FORM.exec(token)?.[1];
  return org === undefined ? null : `org_${org}`;
}

/** The key's row, where it is one of this org, not revoked and not over; its use is noted. */
export async function verifyApiKey(env: Env, orgId: string, token: string): Promise<ApiKeyRow | null> {
  if (orgOfKey(token) !== orgId) return null;
  const db = forTenant(env, { orgId });
  const now = Date.now();
  const row = await findApiKey(db, await sha256Hex(token), now);
  if (row && (row.lastUsedAt ?? 0) < now - USE_NOTED_MS) await noteKeyUse(db, row.id, now);
  return row;
}
