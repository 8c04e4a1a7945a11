import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";

/** The system under test has the first core, whatever asks and answers it the second. */
export const SERVER_CORE = 0;
export const GENERATOR_CORE = 1;

const hasTaskset = spawnSync("taskset", ["--version"]).status === 0;
const START_MS = 60_000;
const GRACE_MS = 5_000;

export interface Program {
  /** Of the process group that it and everything it starts is in. */
  groupId: number;
  /** Ends it with everything it started, and waits until it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

interface Start {
  name: string;
  argv: string[];
  core: number;
  env?: Record<string, string>;
  /** What it prints when it can be asked; a line `ready` where it is not told. */
  ready?: RegExp;
}

/** The programs of a bench. Each is a process group behind a guard that ends it when this process is gone. */
export class Processes {
  readonly #root: string;
  readonly #running = new Set<Program>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Starts a program, on one core where the machine can pin, and waits until it is ready. */
  start({ name, argv, core, env, ready = /^ready$/m }: Start): Promise<Program> {
    const guard = join(import.meta.dirname, "..", "..", "dev", "guard.mjs");
    const child = spawn(process.execPath, [guard, ...pinned(argv, core)], {
      cwd: this.#root,
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    const program: Program = {
      groupId: child.pid ?? 0,
      end: async (signal = "SIGTERM") => {
        this.#running.delete(program);
        await endGroup(child, signal);
      },
    };
    this.#running.add(program);
    return untilReady(child, name, ready).then(() => program);
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#running].map((one) => one.end()));
  }
}

/** Pins this process, with all its threads, to the generator's core. */
export function pinGenerator(): boolean {
  return (
    hasTaskset && spawnSync("taskset", ["-a", "-c", "-p", String(GENERATOR_CORE), String(process.pid)]).status === 0
  );
}

export function pinned(argv: string[], core: number): string[] {
  return hasTaskset ? ["taskset", "-c", String(core), ...argv] : argv;
}

function untilReady(child: ChildProcess, name: string, ready: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const fail = (why: string) => reject(new Error(`${name} ${why}: ${printed.slice(-2_000)}`));
    const late = setTimeout(() => fail("was not ready in time"), START_MS);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        printed = (printed + text).slice(-10_000);
        if (!ready.test(printed)) return;
        clearTimeout(late);
        resolve();
      });
    child.once("exit", () => {
      clearTimeout(late);
      fail("ended");
    });
  });
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS);
    child.once("exit", () => {
      clearTimeout(force);
      signalGroup(child, "SIGKILL");
      resolve();
    });
    signalGroup(child, signal);
  });
}

/** The group may be gone already. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
