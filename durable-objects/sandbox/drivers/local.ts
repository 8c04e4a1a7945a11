import type { SandboxDriver } from "./driver.ts";
import { createHostDriver, type HostDriverOptions } from "./host.ts";

export type LocalDriverOptions = Pick<HostDriverOptions, "url" | "secret" | "orgId" | "sandboxId" | "lease">;

/** The driver of the sandbox host on this machine: for development. */
export function createLocalDriver(options: LocalDriverOptions): SandboxDriver {
  return createHostDriver({
    ...options,
    keepsDisk: true,
    fetch: (url, init) => fetch(url, init),
    unreachable: "The sandbox host does not answer. Is it running?",
    startTimeoutMs: 30_000,
  });
}
