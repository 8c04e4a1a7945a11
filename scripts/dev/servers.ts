import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pc from "picocolors";
import { z } from "zod";
import type { Children } from "./children.ts";
import type { Options } from "./options.ts";
import type { ChosenDriver } from "./sandbox-driver.ts";
import { Sentence } from "./sentence.ts";

const READY_TIMEOUT_MS = 60_000;
/** A person of the development identity provider too. */
const DEV_ADMIN_EMAIL = "admin@example.com";
/** An image is pulled and built on the way. */
const BUILT_TIMEOUT_MS = 15 * 60_000;
const readyLine = z.object({ event: z.literal("ready"), port: z.number().int(), isolation: z.string() });

export interface Context {
  root: string;
  options: Options;
  secrets: Record<string, string>;
  children: Children;
  onDeath(sentence: Sentence): void;
  /** Shows a line that people must not miss, when the start's steps are over. */
  say(line: string): void;
}

/** Starts the local sandbox host; its port and how it isolates. */
export function startSandboxHost({ root, options, secrets, children, onDeath }: Context) {
  return new Promise<z.infer<typeof readyLine>>((resolve, reject) => {
    const spec = {
      name: "sandbox host",
      argv: [process.execPath, join(root, "containers", "sandbox-host", "main.ts")],
      cwd: root,
      env: {
        SANDBOX_HOST_PORT: "0",
        SANDBOX_HOST_SECRET: secrets.SANDBOX_HOST_SECRET ?? "",
        SANDBOX_HOST_ROOT: join(options.state, "sandboxes"),
        SANDBOX_GIT_ROOT: join(options.state, "git"),
        SANDBOX_GIT_PATHS: process.env.SANDBOX_GIT_PATHS ?? "",
      },
      onLine: (line: string) => {
        const ready = readyLine.safeParse(parse(line)).data;
        if (ready) resolve(ready);
        else if (line.startsWith("warning:")) console.log(pc.yellow(line));
      },
    };
    children.start(spec, (sentence) => {
      reject(sentence);
      onDeath(sentence);
    });
  });
}

/** The server's process ended before it answered. */
export class NeverServed extends Sentence {}

/** Starts the Worker and waits until it answers. With containers the first start builds their image. */
export async function startWorker(context: Context, sandbox: { driver: ChosenDriver; port: number }): Promise<void> {
  const { root, options, children, onDeath, say } = context;
  const containers = sandbox.driver.name === "cloudflare";
  const vars = {
    ENVIRONMENT: "development",
    BASE: `localhost:${options.port}`,
    ...signInVars(options),
    SANDBOX_DRIVER: sandbox.driver.name,
    SANDBOX_HOST_URL: `http://127.0.0.1:${sandbox.port}`,
    WRITE_LIMIT: process.env.WRITE_LIMIT ?? "on",
    LOG_LEVEL: process.env.LOG_LEVEL ?? "error",
  };
  let [dead, served]: [Sentence | null, boolean] = [null, false];
  const argv = [
    process.execPath,
    join(root, "node_modules", "wrangler", "bin", "wrangler.js"),
    "dev",
    ...["--port", String(options.port), "--ip", "127.0.0.1", "--inspector-port", "0"],
    ...[
      "--persist-to",
      join(options.state, "wrangler"),
      "--show-interactive-dev-session=false",
      `--enable-containers=${containers}`,
      "--log-level",
      "log",
    ],
    ...["--define", "DEVELOPMENT_IDP:true"],
    ...Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
  ];
  const env = { WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", NO_COLOR: "1", CI: "true" };
  children.start({ name: "server", argv, cwd: root, env, onLine: (line) => showWorkerLine(line, say) }, (sentence) => {
    dead = new NeverServed(sentence.message);
    if (served) onDeath(sentence);
  });
  await untilHealthy(options.port, containers ? BUILT_TIMEOUT_MS : READY_TIMEOUT_MS, () => dead);
  served = true;
}

/**
 * With `oauth` the development identity provider stands for whichever a deployment has. Both ways have the same administrator, so
 * that the demo org keeps its owner when one is tried after the other.
 */
function signInVars({ auth, port }: Options): Record<string, string> {
  if (auth === "none") return { AUTH_MODE: "NONE" };
  const { ADMIN_EMAIL = DEV_ADMIN_EMAIL, SIGN_UP = "open", MAIL } = process.env;
  const both = { ADMIN_EMAIL, ...(MAIL ? { MAIL } : {}) };
  if (auth === "local") return { AUTH_MODE: "LOCAL", SIGN_UP, ...both };
  const provider = {
    id: "dev",
    name: "Development identity provider",
    issuer: `http://idp.localhost:${port}`,
    clientId: "quayside",
    org: "demo",
    roleOfGroup: { leads: "admin", staff: "member", visitors: "guest" },
  };
  return { AUTH_MODE: "OAUTH", OIDC_PROVIDERS: JSON.stringify([provider]), ...both };
}

async function untilHealthy(port: number, timeoutMs: number, dead: () => Sentence | null): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const sentence = dead();
    if (sentence) throw sentence;
    const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
    if (response?.ok) return;
    if (response?.status === 503) throw new Sentence(((await response.json()) as { detail: string }).detail);
    await sleep(100);
  }
  throw new Sentence(`the server did not answer within ${timeoutMs / 1000} seconds. LOG_LEVEL=info shows more.`);
}

/** Of the server's output people see its own events and errors and the first administrator's link, not the tool's chatter. */
function showWorkerLine(line: string, say: Context["say"]): void {
  const link = /set the first administrator's password: (http\S+)/.exec(line)?.[1];
  if (link) say(`${pc.bold("first administrator: set a password at")} ${link} ${pc.dim("(once, within a day)")}`);
  if (line.includes('{"event":') || /\b(?:ERROR|Error|uncaught)\b/.test(line)) console.log(line);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
