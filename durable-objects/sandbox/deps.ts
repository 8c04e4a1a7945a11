import { exports } from "cloudflare:workers";
import { ok } from "#contract/problem";
import { commitOf } from "#domain/repository/advertisement";
import type { GatewayRoom } from "#domain/sandbox/egress";
import { type Config, configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { logEvent } from "#platform/log";
import { settle } from "#platform/problem-response";
import type { SandboxBinding } from "#platform/rpc";
import { sandboxGateway } from "#platform/sandbox-gateway";
import { conversationStub, sandboxNamed } from "#platform/stubs";
import { type SandboxTokens, sandboxTokens, TOKEN_WINDOW_MS } from "#platform/tokens";
import { createArchiveStore } from "./archives.ts";
import type { GitRemote, SandboxDeps } from "./context.ts";
import { driverOf } from "./driver-of.ts";
import { maskOutput } from "./drivers/mask-output.ts";
import { createTreeStore } from "./trees.ts";

const IDLE_MS = 30 * 60_000;

/** The dependencies of a sandbox object in a deployment. */
export function depsOf(env: Env): SandboxDeps {
  const config = configOf(env);
  const tokens = tokensOf(env);
  const token = async (binding: SandboxBinding) => (await tokens(binding)).current;
  const secrets = async (binding: SandboxBinding) => (await tokens(binding)).all;
  return {
    driverName: config.sandbox.driver,
    driver: (binding, lease) => {
      const driver = driverOf({ env, config }, binding, lease);
      return driver && maskOutput(driver, () => secrets(binding));
    },
    secrets,
    now: Date.now,
    environment: async (binding) => ({
      QUAYSIDE_CONVERSATION_ID: binding.conversationId,
      QUAYSIDE_GATEWAY_URL: publicOrigin(config, "llm"),
      QUAYSIDE_GIT_URL: publicOrigin(config, "git"),
      QUAYSIDE_TOKEN: await token(binding),
    }),
    remote: async (binding, repositoryId) => gitRemote(config, repositoryId, await token(binding)),
    report: (binding, report) =>
      conversationStub(env, binding.orgId, binding.conversationId).reportSandbox(
        { kind: "service", orgId: binding.orgId },
        report,
      ),
    archives: createArchiveStore(env.FILES),
    trees: createTreeStore(env.FILES),
    headCommit: (binding) => headCommit(config, binding, token),
    seq: async ({ orgId, conversationId }) => {
      const stub = conversationStub(env, orgId, conversationId);
      const found = await settle(stub.head({ kind: "service", orgId }), "conversation");
      return found.ok ? ok(found.value.seq) : found;
    },
    release: ({ orgId, sandboxId }, source) => {
      const pin = { snapshotId: source.snapshotId, by: sandboxId };
      return settle(sandboxNamed(env, orgId, source.sandboxId).releaseSnapshot(orgId, pin), "sandbox");
    },
    log: (name, fields, error) => logEvent(env, name, { ...fields, error } as Parameters<typeof logEvent>[2]),
    idleMs: IDLE_MS,
  };
}

/** The tokens of a binding. They change with the window of time only, so they are made once in each. */
function tokensOf(env: Env): (binding: SandboxBinding) => Promise<SandboxTokens> {
  let known: { until: number; tokens: Promise<SandboxTokens> } | null = null;
  return ({ orgId, conversationId, sandboxId, repository }) => {
    const now = Date.now();
    if (known === null || now >= known.until) {
      const principal = { kind: "sandbox" as const, orgId, conversationId, sandboxId };
      const tokens = sandboxTokens(env, { ...principal, repositoryId: repository?.id ?? null }, now);
      known = { until: now - (now % TOKEN_WINDOW_MS) + TOKEN_WINDOW_MS, tokens };
    }
    return known.tokens;
  };
}

const HEAD_LIMIT_MS = 3_000;
const HEAD_BYTES = 1024 * 1024;

/** Asks the git gateway, in-process, what the git host advertises. Nobody waits long for it: a machine can always answer. */
async function headCommit(
  config: Config,
  binding: SandboxBinding,
  token: (binding: SandboxBinding) => Promise<string>,
): Promise<string | null> {
  const { repository } = binding;
  if (repository === null) return null;
  const url = `${hostUrl(config, "git")}/${repository.id}.git/info/refs?service=git-upload-pack`;
  const headers = { authorization: `Bearer ${await token(binding)}` };
  try {
    const self = (exports as unknown as { default: Fetcher }).default;
    const response = await self.fetch(new Request(url, { headers, signal: AbortSignal.timeout(HEAD_LIMIT_MS) }));
    const bytes = new Uint8Array(response.ok ? await response.arrayBuffer() : new ArrayBuffer(0));
    return commitOf(bytes.subarray(0, HEAD_BYTES), repository.defaultBranch);
  } catch {
    return null;
  }
}

/** A gateway under the name that stands for it in a sandbox. */
function publicOrigin(config: Config, room: GatewayRoom): string {
  const { origin, host } = sandboxGateway(config, room);
  return host === null ? origin : hostUrl(config, room);
}

/** The gateway's URL of a repository. The token lives in the environment of one command and in no file. */
function gitRemote(config: Config, repositoryId: string, token: string): GitRemote {
  const { host } = sandboxGateway(config, "git");
  const gateway = new URL(publicOrigin(config, "git"));
  const settings = [[`http.${gateway.origin}/.extraHeader`, `Authorization: Bearer ${token}`]];
  // Git takes an address for a name, so that it need not be told of the header.
  if (host !== null) settings.push(["http.curloptResolve", `${gateway.hostname}:${gateway.port || "80"}:127.0.0.1`]);
  const entries = settings.flatMap(([key = "", value = ""], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return {
    url: `${gateway.origin}/${repositoryId}.git`,
    env: { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(entries) },
  };
}
