import { z } from "zod";
import {
  type CommandEvent,
  type CommandOptions,
  type CommandResult,
  DriverError,
  type FileEntryInfo,
  type OpenedSandbox,
  type ProcessInfo,
  type SandboxCommand,
  type SandboxDriver,
} from "./driver.ts";
import { readEvents } from "./sse.ts";

const CLONE_TIMEOUT_MS = 300_000;

export interface HostDriverOptions {
  /** Base URL of the host's API. */
  url: string;
  secret: string | Promise<string>;
  orgId: string;
  sandboxId: string;
  /** The lease the machine was opened with; null before. */
  lease: string | null;
  /** How requests reach the host. What it throws means that the host cannot be reached. */
  fetch(url: URL, init: RequestInit): Promise<Response>;
  /** The sentence for people where the host cannot be reached. */
  unreachable: string;
  /** How long the machine may take to start. */
  startTimeoutMs: number;
  keepsDisk: boolean;
}

const opened = z.object({ lease: z.string(), created: z.boolean() });
const refusal = z.object({
  code: z.enum(["invalid", "not_found", "conflict", "lost", "too_large", "internal", "unauthenticated"]),
  detail: z.string(),
  field: z.string().nullable(),
});
const processInfo = z.object({
  id: z.string(),
  pid: z.number().optional(),
  command: z.string(),
  status: z.enum(["running", "completed", "failed", "killed"]),
  startTime: z.coerce.date(),
  endTime: z.coerce
    .date()
    .nullable()
    .transform((date) => date ?? undefined),
  exitCode: z
    .number()
    .nullable()
    .transform((code) => code ?? undefined),
});
const toolState = z.object({ state: z.enum(["ready", "fetching", "failed"]), detail: z.string() });
const listing = z.object({
  files: z.array(
    z.object({
      name: z.string(),
      relativePath: z.string(),
      type: z.enum(["file", "directory", "symlink", "other"]),
      size: z.number(),
      modifiedAt: z.string(),
      mode: z.string(),
    }),
  ),
  truncated: z.boolean(),
});

/** A driver that speaks to the host program (`containers/sandbox-host`), wherever it runs. */
export function createHostDriver(options: HostDriverOptions): SandboxDriver {
  const host = connect(options);
  return {
    keepsDisk: options.keepsDisk,
    ...archivesOf(host),
    ...lifecycleOf(host),
    ...commandsOf(host),
    ...filesOf(host),
    ...linksOf(host),
  };
}

interface Host {
  startTimeoutMs: number;
  /** Sends a request; throws a `DriverError` for any answer but success. */
  send(action: string, init?: RequestInit): Promise<Response>;
  post(action: string, body: unknown): Promise<Response>;
  /** Sends a request and gives the answer whatever it is. */
  raw(action: string, init: RequestInit): Promise<Response>;
  setLease(lease: string): void;
}

function connect(options: HostDriverOptions): Host {
  let lease = options.lease;
  const base = new URL(`/sandboxes/${options.orgId}/${options.sandboxId}/`, options.url);
  const raw: Host["raw"] = async (action, init) => {
    const headers = new Headers(init.headers);
    headers.set("x-quayside-host-secret", await options.secret);
    if (lease !== null) headers.set("x-quayside-lease", lease);
    try {
      return await options.fetch(new URL(action, base), { ...init, headers });
    } catch (error) {
      if (error instanceof DriverError) throw error;
      throw new DriverError("unavailable", options.unreachable);
    }
  };
  const send: Host["send"] = async (action, init = {}) => {
    const response = await raw(action, init);
    if (response.ok || response.status === 101) return response;
    throw await refusalOf(response);
  };
  return {
    startTimeoutMs: options.startTimeoutMs,
    raw,
    send,
    post: (action, body) => send(action, { method: "POST", body: JSON.stringify(body) }),
    setLease: (value) => {
      lease = value;
    },
  };
}

async function refusalOf(response: Response): Promise<DriverError> {
  const parsed = refusal.safeParse(await response.json().catch(() => null));
  if (!parsed.success) return new DriverError("internal", "The sandbox host gave an answer that makes no sense.");
  const { code, detail, field } = parsed.data;
  if (code === "unauthenticated") return new DriverError("unavailable", "The sandbox host refused the shared secret.");
  return new DriverError(code, detail, field);
}

type Part<K extends keyof SandboxDriver> = Pick<SandboxDriver, K>;

/** A time limit whose timer ends with the work: one left running would hold the object awake until it goes off. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new DOMException("The host took too long.", "TimeoutError")), ms);
  try {
    return await work(abort.signal);
  } finally {
    clearTimeout(timer);
  }
}

function lifecycleOf(host: Host): Part<"open" | "close" | "destroy" | "clear" | "setEnvVars"> {
  return {
    open: async (): Promise<OpenedSandbox> => {
      const response = await within(host.startTimeoutMs, (signal) => host.send("open", { method: "POST", signal }));
      const value = opened.parse(await response.json());
      host.setLease(value.lease);
      return value;
    },
    close: async () => void (await host.post("close", {})),
    destroy: async () => void (await host.post("destroy", {})),
    clear: async () => void (await host.post("clear", {})),
    setEnvVars: async (envVars) => {
      const variables = Object.fromEntries(Object.entries(envVars).map(([name, value]) => [name, value ?? null]));
      await host.post("env", { variables });
    },
  };
}

function commandsOf(
  host: Host,
): Part<"exec" | "execStream" | "startProcess" | "killProcess" | "listProcesses" | "getProcessLogs"> &
  Part<"gitCheckout" | "prepareOpenCode"> {
  const execStream = async (command: SandboxCommand, options: CommandOptions = {}) => {
    const response = await host.post("exec", commandBody(command, options));
    if (response.body === null) throw new DriverError("internal", "The sandbox host gave an empty answer.");
    return response.body;
  };
  const exec = async (command: SandboxCommand, options: CommandOptions = {}) =>
    collect(command, await execStream(command, options));
  return {
    exec,
    execStream,
    startProcess: async (command, options = {}) => {
      const response = await host.post("processes", commandBody(command, options));
      return processInfo.parse(await response.json());
    },
    killProcess: async (id) => void (await host.post("processes/kill", { id })),
    listProcesses: async (): Promise<ProcessInfo[]> => {
      const response = await host.send("processes");
      return z.object({ processes: z.array(processInfo) }).parse(await response.json()).processes;
    },
    getProcessLogs: async (id) => {
      const response = await host.send(`processes/logs?id=${encodeURIComponent(id)}`);
      return z.object({ stdout: z.string(), stderr: z.string(), processId: z.string() }).parse(await response.json());
    },
    prepareOpenCode: async () => toolState.parse(await (await host.post("tools/opencode", {})).json()),
    gitCheckout: async (repoUrl, options = {}) => {
      const branch = options.branch === undefined ? [] : ["--branch", options.branch];
      const result = await exec(["git", "clone", "--quiet", ...branch, "--", repoUrl, "."], {
        env: options.env,
        timeout: options.cloneTimeoutMs ?? CLONE_TIMEOUT_MS,
      });
      const { success, exitCode, stderr, timestamp } = result;
      return { success, exitCode, stderr, timestamp, repoUrl, branch: options.branch ?? "", targetDir: "." };
    },
  };
}

function commandBody(command: SandboxCommand, options: CommandOptions) {
  const stdin = typeof options.stdin === "string" ? new TextEncoder().encode(options.stdin) : options.stdin;
  return {
    command,
    processId: options.processId,
    cwd: options.cwd,
    env: options.env,
    timeout: options.timeout,
    stdin: stdin && base64(stdin),
  };
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8_192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8_192)));
  return btoa(parts.join(""));
}

/** Reads a command to its end. Throws `lost` where the machine goes away before. */
async function collect(command: SandboxCommand, stream: ReadableStream<Uint8Array>): Promise<CommandResult> {
  const output = { stdout: [] as string[], stderr: [] as string[] };
  let last: CommandEvent | null = null;
  await readEvents<CommandEvent>(stream, (event) => {
    last = event;
    if (event.type === "stdout" || event.type === "stderr") output[event.type].push(event.data ?? "");
  });
  const end = last as CommandEvent | null;
  if (end?.type === "error") throw new DriverError("internal", end.error ?? "The command could not be started.");
  if (end?.type !== "complete") throw new DriverError("lost", "The sandbox went away while the command ran.");
  const exitCode = end.exitCode ?? 1;
  return {
    success: exitCode === 0,
    exitCode,
    stdout: output.stdout.join(""),
    stderr: output.stderr.join(""),
    command: [command].flat().join(" "),
    duration: end.durationMs ?? 0,
    timestamp: end.timestamp,
    signal: end.signal ?? null,
    timedOut: end.timedOut ?? false,
  };
}

function filesOf(host: Host): Part<"readFile" | "writeFile" | "mkdir" | "deleteFile" | "renameFile" | "listFiles"> {
  const content = (path: string) => `files/content?path=${encodeURIComponent(path)}`;
  const done = (path: string) => ({ success: true, path, timestamp: new Date().toISOString() });
  return {
    readFile: async (path) => new Uint8Array(await (await host.send(content(path))).arrayBuffer()),
    writeFile: async (path, body) => {
      await host.send(content(path), { method: "PUT", body });
      return done(path);
    },
    mkdir: async (path, options = {}) => {
      const recursive = options.recursive ?? false;
      await host.post("files/mkdir", { path, recursive });
      return { ...done(path), recursive };
    },
    deleteFile: async (path) => {
      await host.send(content(path), { method: "DELETE" });
      return done(path);
    },
    renameFile: async (path, newPath) => {
      await host.post("files/rename", { path, newPath });
      return { ...done(path), newPath };
    },
    listFiles: async (path, options = {}) => {
      const recursive = options.recursive ? "&recursive=1" : "";
      const response = await host.send(`files?path=${encodeURIComponent(path)}${recursive}`);
      const value: { files: FileEntryInfo[]; truncated: boolean } = listing.parse(await response.json());
      return { path, ...value };
    },
  };
}

function linksOf(host: Host): Part<"fetchPort" | "terminal"> {
  return {
    fetchPort: async (request, port) => {
      const url = new URL(request.url);
      const init = { method: request.method, headers: request.headers, body: request.body };
      return host.raw(`ports/${port}${url.pathname}${url.search}`, { ...init, redirect: "manual" });
    },
    terminal: async (request, options = {}) => {
      const query = new URLSearchParams({ session: options.sessionId ?? "main" });
      for (const name of ["cols", "rows", "shell"] as const) {
        if (options[name] !== undefined) query.set(name, String(options[name]));
      }
      if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
        throw new DriverError("invalid", "A terminal is opened with a WebSocket upgrade.", "upgrade");
      }
      return host.send(`terminal?${query}`, { headers: { upgrade: "websocket" } });
    },
  };
}

const DIGEST_HEADER = "x-quayside-digest";

function archivesOf(host: Host): Part<"readArchive" | "writeArchive"> {
  return {
    readArchive: async ({ maxBytes }) => {
      const { body, headers } = await host.send(`archive?maxBytes=${maxBytes}`);
      const [size, digest] = [Number(headers.get("content-length")), headers.get(DIGEST_HEADER)];
      if (body !== null && size > 0 && digest !== null) return { body, size, digest };
      throw new DriverError("internal", "The sandbox host gave an answer that makes no sense.");
    },
    writeArchive: async ({ body, digest }) =>
      void (await host.send("archive", { method: "PUT", body, headers: { [DIGEST_HEADER]: digest } })),
  };
}
