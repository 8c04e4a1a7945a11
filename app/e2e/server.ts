import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const READY_MS = 120_000;

/** The product as `npm run dev` starts it, on a port and a state directory of its own. */
export interface Server {
  origin: string;
  /** An address on the host of an org or a room, such as `app`. */
  at(label: string, path: string): string;
  /** The bare demo repository. */
  repository: string;
  /** Everything it printed since it was started last. */
  output(): string;
  start(): Promise<void>;
  /** Ends it as Ctrl-C does; its state stays. */
  stop(): Promise<void>;
  /** Ends it as a power cut would: nothing is told beforehand. */
  kill(): Promise<void>;
  /** Ends it for good and takes its state away. */
  end(): Promise<void>;
}

/** `options` are those of `npm run dev`, and `more` of its environment. */
export async function makeServer(options: string[] = [], more: Record<string, string> = {}): Promise<Server> {
  const port = await freePort();
  const state = mkdtempSync(join(tmpdir(), "quayside-e2e-"));
  let child: ChildProcess | null = null;
  let printed = "";

  const signalled = (signal: NodeJS.Signals) =>
    new Promise<void>((resolve) => {
      const running = child;
      child = null;
      if (!running || running.exitCode !== null) return resolve();
      running.once("exit", () => resolve());
      running.kill(signal);
    });

  return {
    origin: `http://localhost:${port}`,
    at: (label, path) => `http://${label}.localhost:${port}${path}`,
    repository: join(state, "git", "pocket-links.git"),
    output: () => printed,
    start() {
      printed = "";
      const env = {
        ...process.env,
        NODE_ENV: "production",
        PORT: String(port),
        QUAYSIDE_STATE: state,
        WRITE_LIMIT: "off",
        NO_COLOR: "1",
        ...more,
      };
      const running = spawn(process.execPath, [join(ROOT, "scripts", "dev", "main.ts"), ...options], {
        cwd: ROOT,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      child = running;
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`not ready:\n${printed}`)), READY_MS);
        const take = (text: string) => {
          printed += text;
          if (!printed.includes("quayside ready ")) return;
          clearTimeout(late);
          resolve();
        };
        running.stdout.setEncoding("utf8").on("data", take);
        running.stderr.setEncoding("utf8").on("data", take);
        running.once("exit", () => reject(new Error(`ended:\n${printed}`)));
      });
    },
    stop: () => signalled("SIGTERM"),
    async kill() {
      await signalled("SIGKILL");
      await until(() => portIsFree(port));
    },
    async end() {
      await signalled("SIGTERM");
      rmSync(state, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
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

function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

async function until(test: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await test()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("it did not come to pass within 10 seconds");
}
