import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { gatewayWorld } from "../workers/gateway/llm/deps.ts";
import { type Cast, play } from "./testing/driver.ts";
import { judge } from "./testing/oracle.ts";

/** `npm run test:fuzz -- --seeds=N --from=S --steps=K` sets these. */
const { FUZZ_SEEDS = "", FUZZ_FROM = "1000", FUZZ_STEPS = "60" } = env as unknown as Record<string, string | undefined>;

/** Seeds that failed once, by what they found, and a few that never did. */
const KEPT: [name: string, seed: number, steps: number, cast: Cast][] = [
  ["a steer that found no run was told to the agent twice", 1000, 40, "pair"],
  ["a sandbox that had just started was held awake for 30 s", 1001, 40, "pair"],
  ["a command began in the moment of its stop", 1002, 60, "pair"],
  ["nothing ever failed", 1, 30, "pair"],
  ["a crowd, with forks and stops", 1, 50, "crowd"],
];

const fuzzed = Array.from({ length: Number(FUZZ_SEEDS) }, (_, index): [string, number, number, Cast] => [
  "at random",
  Number(FUZZ_FROM) + index,
  Number(FUZZ_STEPS),
  index % 3 === 2 ? "pair" : "crowd",
]);

/** Every call's usage is told twice, as a gateway does that got no answer. The calls that were told, once each. */
function tellUsageTwice(): Set<string> {
  const calls = new Set<string>();
  const real = gatewayWorld.of;
  vi.spyOn(gatewayWorld, "of").mockImplementation((one) => {
    const deps = real(one);
    return {
      ...deps,
      async recordUsage(principal, call) {
        const first = await deps.recordUsage(principal, call);
        if (first.ok) calls.add(call.callId);
        return deps.recordUsage(principal, call);
      },
    };
  });
  return calls;
}

afterEach(() => void vi.restoreAllMocks());

describe("the whole under faults", () => {
  const seeds = fuzzed.length > 0 ? fuzzed : KEPT;
  it.each(seeds)(
    "CV6 CV7 AT16 %s: seed %i, %i steps, %s",
    async (_name, ...scene) => {
      const calls = tellUsageTwice();
      const played = await play(...scene);
      const wrong = await judge(played);
      const recorded = (await played.rig.events()).filter((one) => one.event.type === "usage.recorded").length;
      if (recorded < calls.size) wrong.push(`${calls.size} calls were told, ${recorded} are in the log`);
      expect(wrong.length === 0 ? "" : [...wrong, ...played.trail].join("\n")).toBe("");
    },
    60_000,
  );
});
