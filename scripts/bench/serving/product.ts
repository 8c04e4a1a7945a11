import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bench, freePort, isFree } from "../harness/bench.ts";
import { type Program, SERVER_CORE } from "../harness/processes.ts";
import { bundleOf, doorBundle, type Variant } from "./bundles.ts";
import type { Served } from "./spec.ts";

/** The demo org of `scripts/dev/seed-sql.ts`. */
const ORG_ID = "org_01900000000070008000000000000001";

/** A served product. Its addresses and its state stay when it is killed and started again. */
export interface Product {
  /** `http://127.0.0.1:…` of the product, and of the door beside it. */
  origin: string;
  door: string;
  start(): Promise<void>;
  /** Ends all of it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Of the process group it runs in. */
  groupId(): number;
}

export interface ServeOptions {
  variant: Variant;
  /** Runs are given to an agent thread that does nothing, so that the bench can report on them itself. */
  silentThread: boolean;
  vars?: Record<string, string>;
}

/** Serves the product with workerd on the first core, with its objects, database and files on disk. */
export async function serveProduct(bench: Bench, options: ServeOptions): Promise<Product> {
  const { port, argv } = await commandOf(bench, options);
  const host = `http://127.0.0.1`;
  let running: Program | null = null;
  const product: Product = {
    origin: `${host}:${port}`,
    door: `${host}:${port + 1}`,
    async start() {
      running = await bench.processes.start({ name: options.variant, argv, core: SERVER_CORE });
    },
    async kill() {
      await running?.end("SIGKILL");
    },
    groupId: () => running?.groupId ?? 0,
  };
  bench.progress(`starting ${options.variant}`);
  await product.start();
  return product;
}

async function commandOf(bench: Bench, { variant, silentThread, vars }: ServeOptions) {
  const { root } = bench.options;
  const port = await twoFreePorts();
  const spec: Served = {
    port,
    state: bench.directory(variant),
    bundle: await bundleOf(bench, variant),
    door: await doorBundle(bench),
    silentThread,
    orgId: ORG_ID,
    compatibility: compatibilityOf(root),
    vars: {
      ENVIRONMENT: "development",
      BASE: `localhost:${port}`,
      AUTH_MODE: "NONE",
      SECRETS_KEY: randomBytes(32).toString("base64"),
      TOKEN_KEY: randomBytes(32).toString("base64"),
      SANDBOX_DRIVER: "local",
      SANDBOX_HOST_URL: "http://127.0.0.1:9",
      SANDBOX_HOST_SECRET: randomBytes(32).toString("hex"),
      LOG_LEVEL: "error",
      ...vars,
    },
  };
  const script = join(root, "scripts", "bench", "serving", "serve.ts");
  return { port, argv: [process.execPath, script, JSON.stringify(spec)] };
}

/** What the deployed Worker runs with. */
function compatibilityOf(root: string): Served["compatibility"] {
  const text = readFileSync(join(root, "wrangler.toml"), "utf8");
  const date = /^compatibility_date = "(.+)"$/m.exec(text)?.[1];
  const flags = /^compatibility_flags = \[(.*)\]$/m.exec(text)?.[1];
  if (!date || flags === undefined) throw new Error("wrangler.toml names no compatibility date or flags");
  return { date, flags: [...flags.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "") };
}

async function twoFreePorts(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < 65_535 && (await isFree(port + 1))) return port;
  }
}
