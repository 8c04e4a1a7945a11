import { removeConversation } from "#data/conversations";
import { conversationsBefore, orgsToPurge, removeOrg } from "#data/org-deletion";
import { forTenant } from "#data/tenant-db";
import type { Env } from "#platform/env";
import { logEvent } from "#platform/log";
import type { ServicePrincipal } from "#platform/principal";
import { settle, unwrap } from "#platform/problem-response";
import { auditStub, conversationStub, sandboxNamed } from "#platform/stubs";

/** As many conversations of an org are deleted in one run, so that it ends within the platform's limits; the next goes on. */
const CONVERSATIONS_PER_RUN = 1_000;
const PAGE = 100;

/**
 * Deletes what is left of the orgs whose days of grace are over (spec identity.md §3): conversations with their objects, files, the
 * audit log, and at last the rows. What broke off, or could not be deleted, is tried again by the next run.
 */
export async function purgeOrgs(env: Env, now: number): Promise<void> {
  for (const orgId of await orgsToPurge(env, now)) {
    const startedMs = Date.now();
    const log = (name: string, error?: unknown) => logEvent(env, name, { orgId, ms: Date.now() - startedMs, error });
    await purgeOrg(env, { kind: "service", orgId }, now).then(
      (whole) => log(whole ? "org.purged" : "org.purging"),
      (error: unknown) => log("org.purge_failed", error),
    );
  }
}

/** False where there is more to do than one run may. */
async function purgeOrg(env: Env, org: ServicePrincipal, now: number): Promise<boolean> {
  if (!(await purgeConversations(env, org))) return false;
  await purgeFiles(env.FILES, `${org.orgId}/`);
  unwrap(await settle(auditStub(env, org.orgId).erase(org.orgId), "audit log"));
  await removeOrg(env, org.orgId, now);
  return true;
}

/**
 * The newest first, and one after the other: a fork then goes before what it was made from, which would let it read all that it has
 * not read yet. One that cannot be deleted now does not keep the others from it.
 */
async function purgeConversations(env: Env, org: ServicePrincipal): Promise<boolean> {
  const db = forTenant(env, org);
  const failures: unknown[] = [];
  let before: string | null = null;
  for (let done = 0; done < CONVERSATIONS_PER_RUN; done += PAGE) {
    const ids: string[] = await conversationsBefore(db, before, PAGE);
    for (const id of ids) await purgeConversation(env, org, id).catch((error: unknown) => failures.push(error));
    before = ids.at(-1) ?? before;
    if (ids.length < PAGE) break;
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} conversations stay: ${failures[0]}`);
  return (await conversationsBefore(db, null, 1)).length === 0;
}

/** Its row goes last: as long as there is one, the conversation is tried again. */
async function purgeConversation(env: Env, org: ServicePrincipal, id: string): Promise<void> {
  const stub = conversationStub(env, org.orgId, id);
  const found = await settle(stub.head(org), "conversation");
  if (found.ok) {
    const { sandboxId, repository } = found.value.head;
    if (sandboxId !== null) {
      const binding = { orgId: org.orgId, conversationId: id, sandboxId, repository };
      unwrap(await settle(sandboxNamed(env, org.orgId, sandboxId).destroy(binding, true), "sandbox"));
    }
    unwrap(await settle(stub.purge(org), "conversation"));
  } else if (found.problem.code !== "not_found") unwrap(found);
  await removeConversation(forTenant(env, org), id);
}

async function purgeFiles(bucket: R2Bucket, prefix: string): Promise<void> {
  for (;;) {
    const { objects } = await bucket.list({ prefix });
    if (objects.length === 0) return;
    await bucket.delete(objects.map(({ key }) => key));
  }
}
