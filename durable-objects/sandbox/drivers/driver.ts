import type {
  BaseExecOptions,
  ExecEvent,
  ExecResult,
  GitCheckoutResult,
  ISandbox,
  ListFilesOptions,
  Process,
  PtyOptions,
} from "@cloudflare/sandbox";

/** What a method of the SDK answers, for the answers it does not export by name. */
type Answer<K extends "deleteFile" | "listFiles" | "mkdir" | "renameFile" | "writeFile"> = Awaited<
  ReturnType<ISandbox[K]>
>;

/**
 * A line for `bash -lc`, or program and arguments. The SDK takes lines only: a driver on top of it quotes each argument
 * with single quotes, which loses nothing.
 */
export type SandboxCommand = string | readonly string[];

export interface CommandOptions extends Pick<BaseExecOptions, "timeout" | "env" | "cwd"> {
  /** Given to the command as its input, which then ends. */
  stdin?: string | Uint8Array;
  /** The caller's name for the command, for `killProcess`. */
  processId?: string;
}

/** The last event of a command says how it ended, beyond what the SDK says. */
export type CommandEvent = ExecEvent & { signal?: string | null; timedOut?: boolean; durationMs?: number };

/** How a command ended. `exitCode` is 128 + the signal's number where a signal ended it. */
export type CommandResult = ExecResult & { signal: string | null; timedOut: boolean };

/** A started process as plain data; the SDK's has methods too. */
export type ProcessInfo = Pick<Process, "id" | "pid" | "command" | "status" | "startTime" | "endTime" | "exitCode">;

export type FileEntryInfo = Pick<
  Answer<"listFiles">["files"][number],
  "name" | "relativePath" | "type" | "size" | "modifiedAt" | "mode"
>;

/**
 * `lost`: the machine is gone and what ran in it too; opening it again gives a new one. `unavailable`: it cannot be
 * reached now. The others are the caller's mistakes; `field` names the argument.
 */
export type DriverErrorCode = "lost" | "unavailable" | "invalid" | "not_found" | "conflict" | "too_large" | "internal";

/** The only error a driver throws. Its message is public. */
export class DriverError extends Error {
  readonly code: DriverErrorCode;
  readonly field: string | null;
  constructor(code: DriverErrorCode, message: string, field: string | null = null) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

export interface SandboxArchive {
  body: ReadableStream<Uint8Array>;
  /** Length in bytes. */
  size: number;
  /** SHA-256 in hex. */
  digest: string;
}

/** A program that is not in every sandbox from the start. `detail` is for people. */
export type ToolState = { state: "ready" | "fetching" | "failed"; detail: string };

/** An opened machine. Every later call is made under `lease`; when the machine dies, those calls throw `lost`. */
export interface OpenedSandbox {
  lease: string;
  /** True where the workspace is new, so empty. */
  created: boolean;
}

/**
 * What Quayside needs of one isolated machine: the subset of `@cloudflare/sandbox` that is used, with its names and types.
 * Paths are relative to the workspace, or absolute inside it; one that leads out, also by a link, is `invalid`.
 *
 * `terminal` speaks the wire protocol of the SDK and of its xterm add-on. Binary frames are terminal bytes, both ways.
 * Text frames are JSON. To the client: `{"type":"ready"}` once joined (bytes shown before come first, as a binary frame),
 * `{"type":"exit","code":number,"signal"?:string}` when the shell ended, after which the socket closes with 1000, and
 * `{"type":"error","message":string}`. From the client: `{"type":"resize","cols":number,"rows":number}`. A session outlives
 * its sockets, and several sockets may share one.
 */
export interface SandboxDriver {
  /** Starts the machine where it does not run. The SDK starts lazily; there this is a first cheap call. */
  open(): Promise<OpenedSandbox>;
  /** Ends everything that runs; files stay where the driver keeps them. */
  close(): Promise<void>;
  /** Ends everything and deletes it. */
  destroy(): Promise<void>;
  /** Empties the workspace and ends everything that runs. */
  clear(): Promise<void>;

  exec(command: SandboxCommand, options?: CommandOptions): Promise<CommandResult>;
  /**
   * Server-sent events of `CommandEvent`: `start`, then output in order, then `complete` or `error`. Cancelling the stream
   * does not end the command.
   */
  execStream(command: SandboxCommand, options?: CommandOptions): Promise<ReadableStream<Uint8Array>>;
  startProcess(command: SandboxCommand, options?: CommandOptions): Promise<ProcessInfo>;
  /** Ends a command by its id, with everything it started. Unknown or finished ids are no error. */
  killProcess(id: string): Promise<void>;
  listProcesses(): Promise<ProcessInfo[]>;
  /** The end of what a command printed, 1 Mi characters a stream at the least. */
  getProcessLogs(id: string): Promise<{ stdout: string; stderr: string; processId: string }>;
  /** Whether OpenCode is there. Where it is not, it is being fetched from now on: ask again. */
  prepareOpenCode(): Promise<ToolState>;
  setEnvVars(envVars: Record<string, string | undefined>): Promise<void>;

  readFile(path: string): Promise<Uint8Array>;
  writeFile(path: string, content: string | Uint8Array): Promise<Answer<"writeFile">>;
  mkdir(path: string, options?: { recursive?: boolean }): Promise<Answer<"mkdir">>;
  deleteFile(path: string): Promise<Answer<"deleteFile">>;
  renameFile(oldPath: string, newPath: string): Promise<Answer<"renameFile">>;
  listFiles(
    path: string,
    options?: Pick<ListFilesOptions, "recursive">,
  ): Promise<{ path: string; files: FileEntryInfo[]; truncated: boolean }>;
  /** Clones into the empty workspace; credentials are given in `env` and kept nowhere. A failed clone has `success: false`. */
  gitCheckout(
    repoUrl: string,
    options?: { branch?: string; env?: Record<string, string>; cloneTimeoutMs?: number },
  ): Promise<GitCheckoutResult & { stderr: string }>;

  /** Passes an HTTP request or a WebSocket upgrade to a server on a port of the machine. */
  fetchPort(request: Request, port: number): Promise<Response>;
  terminal(request: Request, options?: PtyOptions & { sessionId?: string }): Promise<Response>;

  /** Whether the files are still there after `close`, as far as the driver can say. */
  readonly keepsDisk: boolean;
  /**
   * Workspace and home as one archive of known length: permissions, links, empty directories and all names; not the home's
   * caches. `too_large` over `maxBytes`. What runs goes on; a file that is written meanwhile may be half in it.
   */
  readArchive(options: { maxBytes: number }): Promise<SandboxArchive>;
  /** Ends what runs, and makes workspace and home what an archive holds. `invalid`, and nothing touched, where it is damaged. */
  writeArchive(archive: Pick<SandboxArchive, "body" | "digest">): Promise<void>;
}
