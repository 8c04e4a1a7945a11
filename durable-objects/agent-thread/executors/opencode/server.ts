import type { ServiceSpec } from "#platform/rpc";
import { type ConfigInput, openCodeConfig, PLUGIN, START_SCRIPT } from "./config.ts";

export const SERVICE = "opencode";

export interface Model {
  /** As the gateway names it: `provider/model`. */
  id: string;
  images: boolean;
}

/** OpenCode's server as the sandbox runs it. It starts in a second when a run needs it, so it does not come back by itself. */
export function openCodeService(input: ConfigInput): ServiceSpec {
  return {
    name: SERVICE,
    argv: ["bash", "-c", START_SCRIPT],
    env: {
      QUAYSIDE_OPENCODE_CONFIG: JSON.stringify(openCodeConfig(input)),
      QUAYSIDE_OPENCODE_PLUGIN: PLUGIN,
    },
    password: { user: "opencode", env: "OPENCODE_SERVER_PASSWORD" },
    health: "/global/health",
    needs: "opencode",
    start: false,
  };
}
