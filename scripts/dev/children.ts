import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { Sentence } from "./sentence.ts";

interface Spec {
  name: string;
  argv: string[];
  env?: Record<string, string>;
  cwd: string;
  /** Gets each line of its output. */
  onLine?(line: string): void;
}

const GRACE_MS = 5_000;

/**
 * The programs that belong to one run. Each is the head of a process group behind a guard that ends the group when this
 * process is gone, even by SIGKILL; `end` ends them all.
 */
export class Children {
  readonly #children = new Map<string, ChildProcess>();
  #ending = false;

  /** Starts a program that is meant to run until the end; if it ends before, `onDeath` gets the reason. */
  start(spec: Spec, onDeath: (sentence: Sentence) => void): void {
    const guard = join(import.meta.dirname, "guard.mjs");
    const child = spawn(process.execPath, [guard, ...spec.argv], {
      cwd: spec.cwd,
      env: { ...process.env, ...spec.env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    this.#children.set(spec.name, child);
    const recent: string[] = [];
    const take = (line: string) => {
      recent.push(line);
      if (recent.length > 20) recent.shift();
      spec.onLine?.(line);
    };
    eachLine(child, take);
    child.once("exit", () => {
      this.#children.delete(spec.name);
      if (!this.#ending)
        onDeath(new Sentence(`the ${spec.name} ended unexpectedly. Its last words:\n${recent.join("\n")}`));
    });
  }

  /** Ends every program and waits until they are gone. */
  async end(): Promise<void> {
    this.#ending = true;
    await Promise.all([...this.#children.values()].map(endGroup));
  }
}

function eachLine(child: ChildProcess, take: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(line);
    });
  }
}

function endGroup(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS);
    child.once("exit", () => {
      clearTimeout(force);
      signalGroup(child, "SIGKILL");
      resolve();
    });
    signalGroup(child, "SIGTERM");
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
