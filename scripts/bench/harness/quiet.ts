import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./bench.ts";

const LOOK_MS = 400;
const MAX_BUSY = 0.15;
/** Longest that one arm waits. */
const ARM_MS = 60_000;

export interface Quiet {
  /** Share of all cores that worked while the bench stood still; null where it cannot be read. */
  busy: number | null;
  quiet: boolean;
}

/**
 * Waits until nothing else works on this machine. The load average cannot tell, since it holds the bench's own last
 * minute: the processor time that passes while everything of ours stands still can. An arm that waited in vain runs all
 * the same, and its result says so; so do later ones once the patience of the whole run is used up.
 */
export async function untilQuiet(bench: Bench): Promise<Quiet> {
  for (const until = Date.now() + ARM_MS; ; bench.patienceMs -= LOOK_MS) {
    const busy = await busyShare();
    if (busy === null || busy <= MAX_BUSY) return { busy, quiet: true };
    if (Date.now() >= until || bench.patienceMs <= 0) return { busy, quiet: false };
    bench.progress(`waiting for a quiet machine: ${Math.round(busy * 100)} % of it is busy`);
  }
}

async function busyShare(): Promise<number | null> {
  const before = times();
  await sleep(LOOK_MS);
  const after = times();
  if (!before || !after) return null;
  return (after.busy - before.busy) / Math.max(1, after.all - before.all);
}

function times(): { busy: number; all: number } | null {
  if (!existsSync("/proc/stat")) return null;
  const line = readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "";
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, ...more] = line.split(/\s+/).slice(1).map(Number);
  const all = [user, nice, system, idle, waiting, ...more.slice(0, 3)].reduce((sum, one) => sum + one, 0);
  return { busy: all - idle - waiting, all };
}
