import { apply, type SandboxContext } from "./context.ts";
import { DriverError } from "./drivers/driver.ts";
import { isUp } from "./lifecycle.ts";

const LOST = "The sandbox went away. It starts again when it is needed.";

/**
 * Records that the machine of a lease died where that is what an error says. Its files may live on; its commands do not. A
 * late error about an earlier machine says nothing of the present one.
 */
export function noteDeath(context: SandboxContext, lease: string | null, error: unknown): void {
  const dead = error instanceof DriverError && (error.code === "lost" || error.code === "unavailable");
  if (dead && isUp(context.record.state) && context.record.lease === lease)
    apply(context, "fail", { detail: LOST, lease: null, running: [] });
}
