import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SANDBOX_STATES, type SandboxState } from "#contract/sandbox";
import { isIdle, isUp, move, SANDBOX_MOVES, type SandboxMove, sleepAt } from "./lifecycle.ts";

const IDLE_MS = 30 * 60_000;

function walk(moves: SandboxMove[]): SandboxState[] {
  const states: SandboxState[] = ["none"];
  for (const one of moves) {
    const next = move(states.at(-1) ?? "none", one);
    if (next.ok) states.push(next.value);
  }
  return states;
}

describe("lifecycle", () => {
  test("SB1 a sandbox starts, works, rests, sleeps, stops, starts again and is deleted", () => {
    expect(
      walk(["provision", "ready", "work", "rest", "sleep", "stop", "provision", "ready", "stop", "delete"]),
    ).toEqual([
      ...["none", "provisioning", "ready", "busy", "ready", "sleeping", "stopped"],
      ...["provisioning", "ready", "stopped", "deleted"],
    ]);
  });

  test.each([
    ["none", "work"],
    ["none", "sleep"],
    ["provisioning", "stop"],
    ["stopped", "work"],
    ["failed", "ready"],
    ["deleted", "provision"],
  ] as const)("SB1 a %s sandbox cannot %s", (state, by) => {
    const result = move(state, by);
    expect(result).toMatchObject({ ok: false, problem: { code: "conflict" } });
    expect(result.ok ? "" : result.problem.detail).toMatch(/^[A-Z].*\.$/);
  });

  test("SB1 everything but a deleted sandbox can fail", () => {
    const cannot = SANDBOX_STATES.filter((state) => !move(state, "fail").ok);
    expect(cannot).toEqual(["deleted"]);
  });

  test("SB3 a busy sandbox is never stopped", () => {
    for (const by of ["stop", "sleep"] as const) expect(move("busy", by)).toMatchObject({ ok: false });
    const longAgo = { state: "busy" as const, lastActivityAt: 0 };
    expect(isIdle(longAgo, 10 * IDLE_MS, IDLE_MS)).toBe(false);
    expect(move("busy", "delete")).toEqual({ ok: true, value: "deleted" });
  });

  test("SB4 a ready sandbox sleeps exactly when its idle time is over", () => {
    const activity = { state: "ready" as const, lastActivityAt: 1_000 };
    expect(sleepAt(activity, IDLE_MS)).toBe(1_000 + IDLE_MS);
    expect(isIdle(activity, 999 + IDLE_MS, IDLE_MS)).toBe(false);
    expect(isIdle(activity, 1_000 + IDLE_MS, IDLE_MS)).toBe(true);
  });

  test("SB1 SB3 work ends before sleep and stop, and what could not be kept is ready again", () => {
    const leadTo = (wanted: SandboxState) =>
      SANDBOX_STATES.filter((before) =>
        SANDBOX_MOVES.some((by) => {
          const next = move(before, by);
          return next.ok && next.value === wanted;
        }),
      );
    expect(leadTo("sleeping")).toEqual(["ready"]);
    expect(leadTo("stopped")).toEqual(["none", "ready", "sleeping", "stopped", "failed"]);
    expect(leadTo("busy")).toEqual(["ready", "busy"]);
    expect(leadTo("ready")).toEqual(["provisioning", "busy", "sleeping"]);
  });

  test("SB1 whatever happens, deleted is the end", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SANDBOX_MOVES), { maxLength: 60 }), (moves) => {
        const states = walk(moves);
        const steps = states.slice(1).map((state, at) => ({ before: states[at], state }));
        expect(steps.filter((one) => one.before === "deleted" && one.state !== "deleted")).toEqual([]);
      }),
    );
  });

  test("SB4 only a sandbox that is up ever has a time to sleep", () => {
    fc.assert(
      fc.property(fc.constantFrom(...SANDBOX_STATES), fc.nat(), (state, lastActivityAt) => {
        const at = sleepAt({ state, lastActivityAt }, IDLE_MS);
        expect(at === null || isUp(state)).toBe(true);
      }),
    );
  });
});
