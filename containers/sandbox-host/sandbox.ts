import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { Command, type CommandListener, type CommandPlan } from "./command.ts";
import { relativeParts, withPlace } from "./contained.ts";
import { clearWorkspace, type FileArea } from "./files.ts";
import { HostError } from "./host-error.ts";
import type { Isolation, SandboxDirectories } from "./isolation.ts";
import { killTree } from "./kill-tree.ts";
import { Terminals } from "./terminal.ts";

const KEPT_COMMANDS = 200;
const RUNNING_COMMANDS = 100;
const ENVIRONMENT_NAME = /^(?!LD_)[A-Za-z_][A-Za-z0-9_]*$/;

export interface CommandRequest {
  id?: string;
  /** A line for a login shell, or program and arguments. */
  command: string | string[];
  cwd?: string;
  env?: Record<string, string>;
  stdin?: Buffer | null;
  timeoutMs?: number | null;
}

/** One open sandbox: its directories and everything that runs in it. */
export class Sandbox implements FileArea {
  /** Changes whenever what ran before is gone. */
  readonly lease = randomUUID();
  readonly directory: string;
  readonly directories: SandboxDirectories;
  readonly workspacePath: string;
  readonly terminals: Terminals;
  readonly #isolation: Isolation;
  readonly #tag: string;
  readonly #commands = new Map<string, Command>();
  #closed = false;
  #environment: Record<string, string> = {};

  constructor(directory: string, isolation: Isolation, tag: string) {
    this.directory = directory;
    this.directories = {
      workspace: path.join(directory, "workspace"),
      home: path.join(directory, "home"),
      tmp: path.join(directory, "tmp"),
    };
    this.#isolation = isolation;
    this.#tag = tag;
    this.workspacePath = isolation.workspaceOf(this.directories);
    this.terminals = new Terminals((argv) => this.#plan({ command: argv }, []));
  }

  get workspace(): string {
    return this.directories.workspace;
  }

  /** Where `archive` finds `workspace` and `home`. */
  get archiveRoot(): string {
    return this.#isolation.archiveRootOf(this.directories);
  }

  /** For the host's own files about this sandbox: neither its workspace nor its home. */
  get scratch(): string {
    return path.join(this.directory, "backups");
  }

  /** Makes what is missing of the directories; true where the workspace was not there, or is empty as in a new container. */
  async prepare(): Promise<boolean> {
    const created = !existsSync(this.workspace) || (await readdir(this.workspace)).length === 0;
    for (const one of Object.values(this.directories)) await mkdir(one, { recursive: true });
    // Where it is the machine's, the image made it, and it cannot be removed.
    await mkdir(this.scratch, { recursive: true });
    await clearWorkspace({ workspace: this.scratch });
    return created;
  }

  /** False once somebody removed the workspace behind the host's back. */
  get alive(): boolean {
    return existsSync(this.workspace);
  }

  /** Sets variables for commands and terminals that start later; null takes one away. */
  setEnvironment(variables: Record<string, string | null>): void {
    const next = { ...this.#environment };
    for (const [name, value] of Object.entries(variables)) {
      if (value === null) delete next[name];
      else next[name] = value;
    }
    assertEnvironment(next);
    this.#environment = next;
  }

  /** Starts a command. Throws `invalid` for a bad directory and `conflict` for an id in use or too many commands. */
  async start(request: CommandRequest, listener: CommandListener | null): Promise<Command> {
    const id = request.id ?? randomUUID();
    if (this.#commands.has(id))
      throw new HostError("conflict", "A command with this id was started before.", "processId");
    if (this.commands().filter((one) => one.status === "running").length >= RUNNING_COMMANDS) {
      throw new HostError("conflict", `More than ${RUNNING_COMMANDS} commands are running.`);
    }
    const parts = relativeParts(request.cwd ?? "", this.workspacePath);
    await withPlace({ workspace: this.workspace, parts }, async () => undefined);
    // It may have been closed meanwhile; nothing may start after that.
    if (this.#closed) throw new HostError("lost", "The sandbox is not running.");
    const plan = this.#plan(request, parts);
    const title = [request.command].flat().join(" ");
    const stdin = request.stdin ?? null;
    const command = startCommand({ ...plan, id, title, stdin, timeoutMs: request.timeoutMs ?? null }, listener);
    this.#commands.set(id, command);
    this.#forgetOld();
    return command;
  }

  command(id: string): Command | null {
    return this.#commands.get(id) ?? null;
  }

  commands(): Command[] {
    return [...this.#commands.values()];
  }

  /** Ends everything, for good: nothing starts here any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.endAll();
  }

  /** Ends every command and terminal, and waits until they are gone. */
  async endAll(): Promise<void> {
    this.terminals.endAll();
    for (const one of this.#commands.values()) {
      one.detach();
      one.kill();
    }
    if (this.#isolation.kind === "none") killTree(undefined, `QUAYSIDE_SANDBOX_TAG=${this.#tag}`);
    await Promise.all(this.commands().map((one) => one.done));
  }

  /** Ends everything and empties the workspace. */
  async clear(): Promise<void> {
    await this.endAll();
    await clearWorkspace(this);
  }

  /**
   * Runs a program of the host's own choice over workspace and home, its streams as `use` likes; throws unless it succeeds, or
   * ends with the status that is `tolerated`.
   */
  async archive(
    order: { argv: string[]; tolerated: number },
    use: (child: ChildProcess) => Promise<void>,
  ): Promise<void> {
    const wrapped = this.#isolation.wrapArchive(this.directories, order.argv);
    const [program = "", ...args] = wrapped.argv;
    const env = this.#isolation.environmentOf(this.directories);
    const child = spawn(program, args, { cwd: wrapped.cwd, env, stdio: ["pipe", "pipe", "ignore"] });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    await Promise.all([use(child), ended]);
    const status = await ended;
    if (status !== 0 && status !== order.tolerated)
      throw new HostError("internal", "The archive could not be made or read.");
  }

  #plan(request: CommandRequest, cwd: string[]) {
    assertEnvironment(request.env ?? {});
    const { command } = request;
    const argv = typeof command === "string" ? this.#isolation.shell(command) : command;
    const wrapped = this.#isolation.wrap(this.directories, argv, cwd.join("/"));
    const bare = this.#isolation.kind === "none";
    const mark = randomUUID();
    const marks: Record<string, string> = bare ? { QUAYSIDE_SANDBOX_TAG: this.#tag, QUAYSIDE_COMMAND_TAG: mark } : {};
    const env = { ...this.#isolation.environmentOf(this.directories), ...this.#environment, ...request.env, ...marks };
    return { ...wrapped, env, tag: bare ? `QUAYSIDE_COMMAND_TAG=${mark}` : null };
  }

  #forgetOld(): void {
    for (const [id, command] of this.#commands) {
      if (this.#commands.size <= KEPT_COMMANDS) return;
      if (command.status !== "running") this.#commands.delete(id);
    }
  }
}

/** Some failures to start are thrown instead of told by an event; a command line that is too long is the caller's. */
function startCommand(plan: CommandPlan, listener: CommandListener | null): Command {
  try {
    return new Command(plan, listener);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "E2BIG") throw error;
    throw new HostError("invalid", "The command is too long.", "command");
  }
}

/** Loader variables would reach the isolating program itself, so they are refused. */
function assertEnvironment(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!ENVIRONMENT_NAME.test(name) || value.includes("\0")) {
      throw new HostError("invalid", "This is not a variable a sandbox may have.", `env.${name}`);
    }
  }
}
