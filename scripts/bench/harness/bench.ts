import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import pc from "picocolors";
import type { BenchOptions } from "./options.ts";
import { Processes } from "./processes.ts";

/** Everything a measure works with. */
export class Bench {
  readonly options: BenchOptions;
  readonly processes: Processes;
  /** A directory of this run, on a disk; it goes when the run ends. */
  readonly dir: string;
  /** How much longer this run will wait for a quiet machine. */
  patienceMs: number;
  #made = 0;

  constructor(options: BenchOptions) {
    this.options = options;
    this.patienceMs = options.patienceMs;
    this.processes = new Processes(options.root);
    const home = join(options.state, "bench");
    removeLeftovers(home);
    this.dir = join(home, `run-${process.pid}`);
    mkdirSync(this.dir, { recursive: true });
  }

  /** A new empty directory. */
  directory(name: string): string {
    this.#made += 1;
    const path = join(this.dir, `${name}-${this.#made}`);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** The larger number in an honest run, the smaller where the bench is only tried out. */
  sized(honest: number, quick: number): number {
    return this.options.quick ? quick : honest;
  }

  /** What happens right now: one line that the next replaces on a terminal. */
  progress(line: string): void {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${pc.dim(line)}`);
    else console.error(line);
  }

  clearProgress(): void {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[2K");
  }

  /** Ends every program of the measure that was. */
  endPrograms(): Promise<void> {
    return this.processes.endAll();
  }

  async end(): Promise<void> {
    await this.processes.endAll();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Takes away what runs left that were killed. */
function removeLeftovers(home: string): void {
  if (!existsSync(home)) return;
  for (const name of readdirSync(home)) {
    const pid = Number(/^run-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(join(home, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** A port on loopback that nothing uses. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
