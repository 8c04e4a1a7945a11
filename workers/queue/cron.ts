import type { Env } from "#platform/env";
import { purgeOrgs } from "./jobs/purge-orgs.ts";

/** What is done every hour (`[triggers]` in wrangler.toml). `at` is when it was due, in epoch milliseconds. */
export async function onCron(env: Env, at: number): Promise<void> {
  await purgeOrgs(env, at);
}
