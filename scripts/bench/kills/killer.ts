import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { ask } from "../clients/http.ts";
import { type Bench, freePort } from "../harness/bench.ts";
import { type Program, SERVER_CORE } from "../harness/processes.ts";
import type { Product } from "../serving/product.ts";

/** How a conversation may be hurt. */
export const KILLS = ["object abort", "socket drop", "sandbox drop", "server SIGKILL"] as const;
export type Kill = (typeof KILLS)[number];

/** The dearer a kill, the rarer. */
export const WEIGHTS: Record<Kill, number> = {
  "object abort": 44,
  "socket drop": 38,
  "sandbox drop": 12,
  "server SIGKILL": 6,
};

/** The local sandbox host, at one address through all its lives. */
export class SandboxHost {
  readonly vars: { SANDBOX_HOST_URL: string; SANDBOX_HOST_SECRET: string };
  readonly #start: () => Promise<Program>;
  #running: Program | null = null;

  private constructor(port: number, secret: string, start: () => Promise<Program>) {
    this.vars = { SANDBOX_HOST_URL: `http://127.0.0.1:${port}`, SANDBOX_HOST_SECRET: secret };
    this.#start = start;
  }

  static async open(bench: Bench): Promise<SandboxHost> {
    const port = await freePort();
    const secret = randomBytes(32).toString("hex");
    const env = {
      SANDBOX_HOST_PORT: String(port),
      SANDBOX_HOST_SECRET: secret,
      SANDBOX_HOST_ROOT: bench.directory("sandboxes"),
      SANDBOX_GIT_ROOT: bench.directory("git"),
      SANDBOX_GIT_PATHS: "",
    };
    const argv = [process.execPath, join(bench.options.root, "containers", "sandbox-host", "main.ts")];
    const ready = /"event":"ready"/;
    const start = () => bench.processes.start({ name: "sandbox host", argv, core: SERVER_CORE, env, ready });
    const host = new SandboxHost(port, secret, start);
    host.#running = await start();
    return host;
  }

  /** Ends it with every command in it, and starts it again. */
  async drop(): Promise<void> {
    await this.#running?.end("SIGKILL");
    this.#running = await this.#start();
  }
}

/** Does it, and comes back when what was killed can be asked again. */
export async function killOnce(kill: Kill, to: { product: Product; host: SandboxHost; drop(): void }): Promise<void> {
  if (kill === "socket drop") return to.drop();
  if (kill === "sandbox drop") return to.host.drop();
  if (kill === "object abort") {
    await ask("POST", `${to.product.door}/abort`);
    return;
  }
  await to.product.kill();
  await to.product.start();
}
