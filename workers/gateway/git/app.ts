import { Hono } from "hono";
import { getRepository } from "#data/repositories";
import { forTenant } from "#data/tenant-db";
import { auditRecord, recordAudit } from "#platform/audit";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { upstreamOf } from "#platform/git-upstream";
import { logEvent } from "#platform/log";
import { newId } from "#platform/new-id";
import type { SandboxPrincipal } from "#platform/principal";
import { unwrap } from "#platform/problem-response";
import { safeFetch } from "#platform/safe-fetch";
import { verifySandboxToken } from "#platform/tokens";
import { type GitCall, serveGit, TIME_LIMIT_MS } from "./serve.ts";

/** The git gateway, `git.BASE/{repositoryId}.git`: sandboxes clone and push through it and hold no credential. */
export const gitApp = new Hono<{ Bindings: Env }>();

gitApp.all("*", (context) => {
  const { env } = context;
  const startedAt = Date.now();
  const development = configOf(env).environment === "development";
  return serveGit(context.req.raw, {
    verify: (token) => verifySandboxToken(env, token),
    cloneUrl: async (principal, id) => (await getRepository(forTenant(env, principal), id))?.cloneUrl ?? null,
    upstream: (cloneUrl) => upstreamOf(cloneUrl, configOf(env)),
    fetch: async (url, init) =>
      unwrap(await safeFetch(url, init, { development, redirect: "manual", timeoutMs: TIME_LIMIT_MS })),
    auditPush: (principal, call) => recordAudit(env, principal.orgId, [pushRecord(principal, call, context.req.raw)]),
    log: ({ orgId, conversationId, sandboxId }, call, status) =>
      logEvent(env, "git.call", { orgId, conversationId, sandboxId, ...call, status, ms: Date.now() - startedAt }),
  });
});

/** Who works in a sandbox is told by its conversation's log; the gateway knows the sandbox. */
function pushRecord({ conversationId, sandboxId }: SandboxPrincipal, { repositoryId }: GitCall, request: Request) {
  const actor = { memberId: null, kind: "system", name: sandboxId, via: "sandbox" } as const;
  const target = `${conversationId}/${repositoryId}`;
  return {
    ...auditRecord({ action: "sandbox.push", actor, target, request, requestId: newId("request") }),
    address: null,
  };
}
