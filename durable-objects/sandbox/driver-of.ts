import { getSandbox, type Sandbox } from "@cloudflare/sandbox";
import { getRepository } from "#data/repositories";
import { forTenant } from "#data/tenant-db";
import type { Config } from "#platform/config";
import type { Env } from "#platform/env";
import type { SandboxBinding } from "#platform/rpc";
import { containerName, hostSecret } from "./container-identity.ts";
import { createCloudflareDriver } from "./drivers/cloudflare.ts";
import type { SandboxDriver } from "./drivers/driver.ts";
import { createLocalDriver } from "./drivers/local.ts";

/**
 * The sandbox object puts an idle container to sleep itself, after a snapshot. This is for one that it lost sight
 * of: longer than any pause between two of its looks.
 */
const SLEEP_AFTER = "2h";

/** The driver this deployment is configured for; null where it has no containers. */
export function driverOf(
  deployment: { env: Env; config: Config },
  binding: SandboxBinding,
  lease: string | null,
): SandboxDriver | null {
  const { env, config } = deployment;
  const { orgId, sandboxId } = binding;
  if (config.sandbox.driver === "local") {
    const { url, secret } = config.sandbox;
    return createLocalDriver({ url, secret, orgId, sandboxId, lease });
  }
  if (env.SANDBOX_CONTAINER === undefined) return null;
  const namespace = env.SANDBOX_CONTAINER as unknown as DurableObjectNamespace<Sandbox>;
  const name = containerName(binding);
  return createCloudflareDriver({
    container: getSandbox(namespace, name, { sleepAfter: SLEEP_AFTER, enableDefaultSession: false }),
    secret: hostSecret(config.tokenKey, namespace.idFromName(name).toString()),
    orgId,
    sandboxId,
    lease,
    allowedHosts: async () => {
      const { repository } = binding;
      const found = repository && (await getRepository(forTenant(env, binding), repository.id));
      return found?.allowedHosts ?? [];
    },
  });
}
