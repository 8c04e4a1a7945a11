import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const ATTACH_MS = 700;

export function canCountSyncs(): boolean {
  return spawnSync("strace", ["--version"]).status === 0;
}

/** How often the programs of a process group asked for their writes to be on disk while something was done. */
export async function countSyncs(groupId: number, work: () => Promise<unknown>): Promise<number> {
  const pids = pidsOf(groupId).flatMap((pid) => ["-p", pid]);
  const argv = ["-f", "-c", "-U", "name,calls", "-e", "trace=fsync,fdatasync", ...pids];
  const tracer = spawn("strace", argv, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  tracer.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await sleep(ATTACH_MS);
  await work();
  const ended = new Promise((resolve) => tracer.once("exit", resolve));
  tracer.kill("SIGINT");
  await ended;
  return callsIn(said);
}

/** The calls of a summary of strace; NaN where there is none. */
export function callsIn(summary: string): number {
  const counts = [...summary.matchAll(/^\s*(?:fsync|fdatasync)\s+(\d+)/gm)].map((match) => Number(match[1]));
  if (counts.length > 0) return counts.reduce((sum, one) => sum + one, 0);
  return /attached/.test(summary) ? 0 : Number.NaN;
}

function pidsOf(groupId: number): string[] {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && groupOf(pid) === groupId);
}

/** A process may end while it is looked at. */
function groupOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
  } catch {
    return null;
  }
}
