import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../containers/sandbox-host/main.ts", import.meta.url));
const READY_MS = 15_000;

export interface TestHost {
  url: string;
  secret: string;
  /** Temporary directory that holds `sandboxes` and `git`. */
  directory: string;
  /** Directory of the sandboxes. */
  root: string;
  gitRoot: string;
  isolation: string;
  child: ChildProcess;
  /** What it wrote as errors so far. */
  errors(): string;
  /** Ends the host, waits until it is gone, and deletes its directory. */
  stop(): Promise<void>;
}

/** Starts the real host program on a free loopback port; with `directory`, over what an earlier one left there. */
export async function startSandboxHost(
  options: { directory?: string; env?: Record<string, string>; secret?: string } = {},
): Promise<TestHost> {
  const directory = options.directory ?? mkdtempSync(path.join(tmpdir(), "quayside-host-"));
  const root = path.join(directory, "sandboxes");
  const secret = options.secret ?? "test-secret-test-secret-test-secret";
  const env = { PATH: process.env.PATH, SANDBOX_HOST_SECRET: secret, SANDBOX_HOST_ROOT: root, ...options.env };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  const timer = setTimeout(() => child.kill("SIGKILL"), READY_MS);
  const ready = await Promise.race([readyLine(child), ended]);
  clearTimeout(timer);
  if (!ready) {
    await stop();
    throw new Error(`the sandbox host did not start: ${errors}`);
  }
  const gitRoot = path.join(directory, "git");
  const url = `http://127.0.0.1:${ready.port}`;
  return { url, secret, directory, root, gitRoot, isolation: ready.isolation, child, errors: () => errors, stop };
}

async function readyLine(child: ChildProcess): Promise<{ port: number; isolation: string } | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    return JSON.parse(line) as { port: number; isolation: string };
  }
  return undefined;
}
