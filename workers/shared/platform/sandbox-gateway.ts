import { GATEWAY_NAMES, type GatewayRoom } from "#domain/sandbox/egress";
import type { Config } from "./config.ts";
import { hostUrl } from "./hosts.ts";

/** Where a sandbox finds a gateway: an origin, and where that has no name there, the `Host` to ask it for. */
export interface SandboxGateway {
  origin: string;
  host: string | null;
}

/**
 * A gateway as the code in a sandbox reaches it. A container asks for a name that only the Worker answers. A local sandbox of a
 * development machine shares its loopback, and many resolvers do not know names below localhost.
 */
export function sandboxGateway(config: Config, room: GatewayRoom): SandboxGateway {
  if (config.sandbox.driver === "cloudflare") return { origin: `http://${GATEWAY_NAMES[room]}`, host: null };
  const url = new URL(hostUrl(config, room));
  if (config.environment !== "development") return { origin: url.origin, host: null };
  return { origin: `http://127.0.0.1:${url.port || "80"}`, host: url.host };
}
