import { readdirSync, readFileSync } from "node:fs";

const ROUNDS = 20;

/** An entry `NAME=value` of an environment, or how it begins. */
export type Tag = string | { prefix: string };

/**
 * Kills a process group, and every process that carries `tag` in its environment, so that children
 * which left the group or the session end too. It looks again until nobody is left, since processes may fork meanwhile.
 */
export function killTree(pid: number | undefined, tag: Tag): void {
  if (pid !== undefined) killGroup(pid);
  for (let round = 0; round < ROUNDS; round++) {
    const found = taggedProcesses(tag);
    if (found.length === 0) return;
    for (const one of found) kill(one);
  }
}

/** Kills a process and its group. */
export function killGroup(pid: number): void {
  kill(-pid);
  kill(pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended already.
  }
}

function taggedProcesses(tag: Tag): number[] {
  const matches = (entry: string) => (typeof tag === "string" ? entry === tag : entry.startsWith(tag.prefix));
  return processIds().filter((pid) => environmentOf(pid).some(matches));
}

function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Empty for processes of others, and for those that ended and wait to be collected. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
