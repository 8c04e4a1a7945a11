import type { Result } from "#contract/problem";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import type { RunPrincipal } from "#platform/principal";
import type { UsageCall } from "#platform/rpc";
import { conversationStub } from "#platform/stubs";

/** How the gateway reaches the world, and how long it waits. Times in milliseconds. */
export interface GatewayDeps {
  fetch: typeof fetch;
  sleep(ms: number): Promise<void>;
  recordUsage(principal: RunPrincipal, call: UsageCall): Promise<Result<null>>;
  /** First wait before a retry; it doubles with each. */
  backOffMs: number;
  firstTokenMs: number;
  totalMs: number;
  /** Pause between two pieces of the demo model, so that people see it stream. */
  demoPaceMs: number;
}

/** One object, so that a test can stand in for the world. */
export const gatewayWorld = {
  of(env: Env): GatewayDeps {
    return {
      fetch: (input, init) => fetch(input, init),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      recordUsage(principal, call) {
        const stub = conversationStub(env, principal.orgId, principal.conversationId);
        return stub.recordUsage(principal, call);
      },
      backOffMs: 400,
      firstTokenMs: 90_000,
      totalMs: 15 * 60_000,
      demoPaceMs: configOf(env).demoPaceMs,
    };
  },
};
