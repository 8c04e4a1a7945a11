import { forgetKeys } from "#data/idempotency";
import type { Env } from "#platform/env";
import { purgeOrgs } from "./jobs/purge-orgs.ts";

/** A request is repeated within a day, or it is another one. */
const KEYS_KEPT_MS = 24 * 60 * 60_000;

/** What is done every hour (`[triggers]` in wrangler.toml). `at` is when it was due, in epoch milliseconds. */
export async function onCron(env: Env, at: number): Promise<void> {
  await forgetKeys(env, at - KEYS_KEPT_MS);
  await purgeOrgs(env, at);
}
