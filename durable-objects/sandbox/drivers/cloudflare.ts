import type { Sandbox } from "@cloudflare/sandbox";
import { egressHosts } from "#domain/sandbox/egress";
import { DriverError, type SandboxDriver } from "./driver.ts";
import { createHostDriver } from "./host.ts";

/** Where the host program listens inside the container; the SDK's own control plane has 3000. */
export const HOST_PORT = 8671;
const CONTROL_PORT = 3000;
/** A cold container pulls its image first. */
const START_TIMEOUT_MS = 180_000;
const START_PAUSE_MS = 1_000;
/** How often a start that failed for good, as far as one can see, is tried. */
const START_TRIES = 3;

/** What is used of the SDK's sandbox. */
export type Container = Pick<Sandbox, "containerFetch" | "destroy" | "setAllowedHosts" | "wsConnect">;

export interface CloudflareDriverOptions {
  container: Container;
  secret: string | Promise<string>;
  orgId: string;
  sandboxId: string;
  lease: string | null;
  /** The hosts its repository allows, beyond the gateways. Asked before each start. */
  allowedHosts(): Promise<string[]>;
}

/**
 * The driver of Cloudflare Containers. The SDK starts, reaches and ends the container; in it runs the same host program that
 * the local driver speaks to (docs/decisions/005-cloudflare-driver.md). A container's disk goes with it.
 */
export function createCloudflareDriver(options: CloudflareDriverOptions): SandboxDriver {
  const { container } = options;
  const host = createHostDriver({
    url: "http://localhost",
    secret: options.secret,
    orgId: options.orgId,
    sandboxId: options.sandboxId,
    lease: options.lease,
    fetch: (url, init) => reach(container, url, init),
    unreachable: UNREACHABLE,
    startTimeoutMs: START_TIMEOUT_MS,
    keepsDisk: false,
  });
  return {
    ...host,
    open: async () => {
      await container.setAllowedHosts(egressHosts(await options.allowedHosts()));
      return startedWithin(START_TIMEOUT_MS, host);
    },
    close: () => container.destroy(),
    destroy: () => container.destroy(),
    fetchPort: (request, port) => {
      if (port !== HOST_PORT && port !== CONTROL_PORT) return host.fetchPort(request, port);
      throw new DriverError("invalid", "This port is the sandbox's own.", "port");
    },
  };
}

/** The container answers before the host in it listens, and may have to wait for a place to run. */
async function startedWithin(timeoutMs: number, host: SandboxDriver) {
  const until = Date.now() + timeoutMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await host.open();
    } catch (error) {
      if (!mayStartYet(error, attempt) || Date.now() >= until) throw error;
      await new Promise((resolve) => setTimeout(resolve, START_PAUSE_MS));
    }
  }
}

function mayStartYet(error: unknown, attempt: number): boolean {
  if (!(error instanceof DriverError) || error.code !== "unavailable") return false;
  return error instanceof StartingError || attempt < START_TRIES;
}

const UNREACHABLE = "The container cannot be reached. Try again in a moment.";

async function reach(container: Container, url: URL, init: RequestInit): Promise<Response> {
  // A signal does not cross to the container's object; each call there has its own limits.
  const request = new Request(url, { ...init, signal: null });
  if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
    request.headers.set("connection", "Upgrade");
    return container.wsConnect(request, HOST_PORT);
  }
  const response = await container.containerFetch(request, HOST_PORT);
  if (response.ok || response.headers.has(HOST_HEADER)) return response;
  await response.body?.cancel();
  throw refusalOf(response.status);
}

/** The host marks its answers, so that they are told from what the platform says in its place. */
export const HOST_HEADER = "x-quayside-host";

/** The container is on its way. */
class StartingError extends DriverError {
  constructor(message: string) {
    super("unavailable", message);
  }
}

/** What the platform or the SDK answers where the host cannot, by its status. */
export function refusalOf(status: number): DriverError {
  if (status === 429) return new StartingError("Too many containers are starting. Try again in a moment.");
  if (status === 503) return new StartingError("The container is starting, or none is free. Try again.");
  return new DriverError("unavailable", UNREACHABLE);
}
