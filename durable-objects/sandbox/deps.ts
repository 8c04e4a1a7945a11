import { type Config, configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { logEvent } from "#platform/log";
import type { SandboxBinding } from "#platform/rpc";
import { conversationStub } from "#platform/stubs";
import { signSandboxToken } from "#platform/tokens";
import type { GitRemote, SandboxDeps } from "./context.ts";
import { createLocalDriver } from "./drivers/local.ts";

const IDLE_MS = 30 * 60_000;

/** The dependencies of a sandbox object in a deployment. */
export function depsOf(env: Env): SandboxDeps {
  const config = configOf(env);
  const { sandbox } = config;
  return {
    driverName: sandbox.driver,
    driver: ({ orgId, sandboxId }, lease) =>
      sandbox.driver === "local"
        ? createLocalDriver({ url: sandbox.url, secret: sandbox.secret, orgId, sandboxId, lease })
        : null,
    now: Date.now,
    environment: async (binding) => ({
      QUAYSIDE_CONVERSATION_ID: binding.conversationId,
      QUAYSIDE_GATEWAY_URL: hostUrl(config, "llm"),
      QUAYSIDE_GIT_URL: hostUrl(config, "git"),
      QUAYSIDE_TOKEN: await tokenOf(env, binding),
    }),
    remote: async (binding, repositoryId) => gitRemote(config, repositoryId, await tokenOf(env, binding)),
    report: (binding, report) =>
      conversationStub(env, binding.orgId, binding.conversationId).reportSandbox(
        { kind: "service", orgId: binding.orgId },
        report,
      ),
    log: (name, fields, error) => logEvent(env, name, { ...fields, error } as Parameters<typeof logEvent>[2]),
    idleMs: IDLE_MS,
  };
}

function tokenOf(env: Env, binding: SandboxBinding): Promise<string> {
  return signSandboxToken(env, {
    kind: "sandbox",
    orgId: binding.orgId,
    conversationId: binding.conversationId,
    sandboxId: binding.sandboxId,
    repositoryId: binding.repository?.id ?? null,
  });
}

/** The gateway's URL of a repository. The token lives in the environment of one command and in no file. */
function gitRemote(config: Config, repositoryId: string, token: string): GitRemote {
  const gateway = new URL(hostUrl(config, "git"));
  const settings = [[`http.${gateway.origin}/.extraHeader`, `Authorization: Bearer ${token}`]];
  if (config.environment === "development") {
    // Many resolvers do not know names below localhost.
    settings.push(["http.curloptResolve", `${gateway.hostname}:${gateway.port || "80"}:127.0.0.1`]);
  }
  const entries = settings.flatMap(([key = "", value = ""], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return {
    url: `${gateway.origin}/${repositoryId}.git`,
    env: { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(entries) },
  };
}
