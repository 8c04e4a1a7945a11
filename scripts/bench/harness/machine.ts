import { execFileSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import type { BenchOptions } from "./options.ts";

/** What a reader must know of where and how the figures were measured. */
export function machineOf(options: BenchOptions, pinned: boolean): string[] {
  const cores = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const file = execFileSync("df", ["--output=fstype", options.root], { encoding: "utf8" }).trim().split("\n").at(-1);
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: options.root, encoding: "utf8" }).trim();
  return [
    `${cores.length} cores of ${cores[0]?.model ?? "unknown"}, ${memory} GiB, Linux ${release()}, ${file}`,
    `Node ${process.versions.node}, commit ${commit}, ${options.rounds} rounds${options.quick ? ", quick" : ""}`,
    pinned ? "servers pinned to core 0, load and fixtures to core 1" : "nothing pinned: taskset is missing",
  ];
}
