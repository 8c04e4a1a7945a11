import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { StringDecoder } from "node:string_decoder";
import { killGroup, killTree } from "./kill-tree.ts";

const LOG_CHARACTERS = 1024 * 1024;

export type CommandStatus = "running" | "completed" | "failed" | "killed";
/** What a command did, in order; `complete` or `error` is the last. */
export type CommandEvent =
  | { type: "stdout" | "stderr"; data: string }
  | { type: "complete"; exitCode: number; signal: string | null; timedOut: boolean; durationMs: number }
  | { type: "error"; error: string };

/** Takes events; a promise it returns holds the command's output back until it settles. */
export type CommandListener = (event: CommandEvent) => Promise<void> | null;

export interface CommandPlan {
  id: string;
  /** For people. */
  title: string;
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  /** Entry of the environment that marks all of its descendants; null where a pid namespace ends them. */
  tag: string | null;
  stdin: Buffer | null;
  timeoutMs: number | null;
}

/** One command and everything it started: it ends whole, and its output is kept as a tail of 1 Mi characters a stream. */
export class Command {
  readonly id: string;
  readonly title: string;
  readonly startedAt = Date.now();
  readonly done: Promise<void>;
  endedAt: number | null = null;
  status: CommandStatus = "running";
  exitCode: number | null = null;
  readonly logs = { stdout: "", stderr: "" };
  readonly #child: ChildProcess;
  readonly #tag: string | null;
  #listener: CommandListener | null = null;
  #timedOut = false;
  #killed = false;

  constructor(plan: CommandPlan, listener: CommandListener | null) {
    this.id = plan.id;
    this.title = plan.title;
    this.#tag = plan.tag;
    this.#listener = listener;
    const [program = "", ...args] = plan.argv;
    this.#child = spawn(program, args, { cwd: plan.cwd, env: plan.env, detached: true, stdio: "pipe" });
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stdin?.end(plan.stdin ?? undefined);
    const outputs = [this.#read("stdout"), this.#read("stderr")];
    this.done = this.#finish(outputs);
    if (plan.timeoutMs !== null) this.#limit(plan.timeoutMs);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ends the command and everything it started. A finished one is left alone. */
  kill(): void {
    if (this.status !== "running") return;
    this.#killed = true;
    this.#end();
  }

  /** Nobody listens any more; the command goes on. */
  detach(): void {
    this.#listener = null;
  }

  #end(): void {
    if (this.#tag !== null) killTree(this.#child.pid, this.#tag);
    else if (this.#child.pid !== undefined) killGroup(this.#child.pid);
  }

  #limit(timeoutMs: number): void {
    const timer = setTimeout(() => {
      this.#timedOut = true;
      this.#end();
    }, timeoutMs);
    void this.done.finally(() => clearTimeout(timer));
  }

  /** Reads one output stream to its end; a slow listener slows the command and loses nothing. */
  async #read(name: "stdout" | "stderr"): Promise<void> {
    const stream = this.#child[name];
    if (stream === null) return;
    const decoder = new StringDecoder("utf8");
    try {
      for await (const chunk of stream) await this.#output(name, decoder.write(chunk as Buffer));
    } catch {
      // The stream broke with its process; what was read stands.
    }
    await this.#output(name, decoder.end());
  }

  async #output(name: "stdout" | "stderr", data: string): Promise<void> {
    if (data === "") return;
    this.logs[name] = (this.logs[name] + data).slice(-LOG_CHARACTERS);
    await this.#listener?.({ type: name, data });
  }

  async #finish(outputs: Promise<void>[]): Promise<void> {
    const end = await this.#ended();
    if (this.#tag !== null) killTree(undefined, this.#tag);
    await Promise.all(outputs);
    this.endedAt = Date.now();
    if (end instanceof Error) {
      this.status = "failed";
      await this.#listener?.({ type: "error", error: "The command could not be started." });
      return;
    }
    this.exitCode = end.exitCode;
    this.status = this.#killed || this.#timedOut ? "killed" : end.exitCode === 0 ? "completed" : "failed";
    const durationMs = this.endedAt - this.startedAt;
    await this.#listener?.({ type: "complete", ...end, timedOut: this.#timedOut, durationMs });
  }

  #ended(): Promise<{ exitCode: number; signal: string | null } | Error> {
    return new Promise((resolve) => {
      this.#child.on("error", resolve);
      this.#child.once("exit", (code, signal) =>
        resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), signal }),
      );
    });
  }
}
