import { Hono } from "hono";
import { getRepository } from "#data/repositories";
import { forTenant } from "#data/tenant-db";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { upstreamOf } from "#platform/git-upstream";
import { logEvent } from "#platform/log";
import { verifySandboxToken } from "#platform/tokens";
import { serveGit } from "./serve.ts";

/** The git gateway, `git.BASE/{repositoryId}.git`: sandboxes clone and push through it and hold no credential. */
export const gitApp = new Hono<{ Bindings: Env }>();

gitApp.all("*", (context) => {
  const { env } = context;
  const startedAt = Date.now();
  return serveGit(context.req.raw, {
    verify: (token) => verifySandboxToken(env, token),
    cloneUrl: async (principal, id) => (await getRepository(forTenant(env, principal), id))?.cloneUrl ?? null,
    upstream: (cloneUrl) => upstreamOf(cloneUrl, configOf(env)),
    fetch: (url, init) => fetch(url, init),
    audit: ({ orgId, conversationId, sandboxId }, call, status) =>
      logEvent(env, "git.call", { orgId, conversationId, sandboxId, ...call, status, ms: Date.now() - startedAt }),
  });
});
