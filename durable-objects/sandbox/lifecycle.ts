import { fail, ok, type Result } from "#contract/problem";
import type { SandboxState } from "#contract/sandbox";

/** What moves a sandbox. `work` and `rest`: the first command began, the last one ended. */
export const SANDBOX_MOVES = ["provision", "ready", "work", "rest", "sleep", "stop", "fail", "delete"] as const;
export type SandboxMove = (typeof SANDBOX_MOVES)[number];

/** Which state each move leads to, from each state that allows it. */
const TABLE: Record<SandboxState, Partial<Record<SandboxMove, SandboxState>>> = {
  none: { provision: "provisioning", stop: "stopped", fail: "failed", delete: "deleted" },
  provisioning: { ready: "ready", fail: "failed", delete: "deleted" },
  ready: { work: "busy", sleep: "sleeping", stop: "stopped", fail: "failed", delete: "deleted" },
  busy: { work: "busy", rest: "ready", fail: "failed", delete: "deleted" },
  sleeping: { provision: "provisioning", ready: "ready", stop: "stopped", fail: "failed", delete: "deleted" },
  stopped: { provision: "provisioning", stop: "stopped", fail: "failed", delete: "deleted" },
  failed: { provision: "provisioning", stop: "stopped", fail: "failed", delete: "deleted" },
  deleted: { delete: "deleted" },
};

const REFUSALS: Partial<Record<SandboxState, string>> = {
  provisioning: "The sandbox is starting. Try again in a moment.",
  busy: "Commands are running in the sandbox. End them first.",
  deleted: "The sandbox was deleted.",
};

/** The state after a move; `conflict` with the reason where the state does not allow it. */
export function move(state: SandboxState, by: SandboxMove): Result<SandboxState> {
  const next = TABLE[state][by];
  return next ? ok(next) : fail("conflict", REFUSALS[state] ?? `The sandbox is ${state}, so it cannot do this now.`);
}

/** Whether the machine is up, so that calls may be made without starting it. */
export function isUp(state: SandboxState): boolean {
  return state === "ready" || state === "busy";
}

export interface Activity {
  state: SandboxState;
  /** When a command, a terminal or a person last did something, in ms. */
  lastActivityAt: number;
}

/** When this sandbox goes to sleep if nothing happens until then, in ms; null while it works or is not up. */
export function sleepAt(activity: Activity, idleMs: number): number | null {
  return activity.state === "ready" ? activity.lastActivityAt + idleMs : null;
}

/** Whether it is time to sleep. Never for a busy sandbox. */
export function isIdle(activity: Activity, now: number, idleMs: number): boolean {
  const at = sleepAt(activity, idleMs);
  return at !== null && now >= at;
}
