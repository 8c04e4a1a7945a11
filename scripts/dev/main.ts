import { rmSync } from "node:fs";
import { join } from "node:path";
import pc from "picocolors";
import { seedDemoRepository } from "../seed-demo-repository.ts";
import { checkMachine } from "./checks.ts";
import { Children } from "./children.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { type ChosenDriver, chooseDriver } from "./sandbox-driver.ts";
import { Sentence } from "./sentence.ts";
import { type Context, NeverServed, startSandboxHost, startWorker } from "./servers.ts";
import { ensureAppBuild, ensureDatabase, ensureSecrets } from "./setup.ts";
import { step } from "./steps.ts";

const root = join(import.meta.dirname, "..", "..");
const children = new Children();
let ending: Promise<void> | null = null;

/** Ends everything once, however often it is asked for: a terminal and a parent may both pass the same signal on. */
async function end(options: Options | null, status: number): Promise<never> {
  ending ??= children.end().then(() => {
    if (options?.ephemeral) rmSync(options.state, { recursive: true, force: true });
  });
  await ending;
  process.exit(status);
}

async function main(options: Options): Promise<void> {
  await checkMachine(options);
  const driver = chooseDriver(options.sandbox);
  const secrets = ensureSecrets(root);
  await step("web app built", () => ensureAppBuild(root));
  await step("database ready", () => ensureDatabase(root, options.state));
  await step("demo repository ready", () => seedDemoRepository(join(options.state, "git")));
  const onDeath = (sentence: Sentence) => {
    if (ending) return;
    console.error(`quayside: ${sentence.message}`);
    void end(options, 1);
  };
  const lines = heldLines();
  const context = { root, options, secrets, children, onDeath, say: lines.say };
  const host = await step("sandbox host started", () => startSandboxHost(context));
  const served = await serve(context, driver, host.port);
  const kept = options.ephemeral ? "nothing is kept" : `state in ${options.state}`;
  const local = `local driver (${host.isolation}), for development only`;
  const sandboxes = served.name === "local" ? local : "cloudflare driver, in containers";
  console.log(pc.dim(`sandboxes: ${sandboxes}; ${served.why}`));
  console.log(pc.dim(`${kept}; also at http://localhost:${options.port}; Ctrl-C ends it`));
  for (const line of signInLines(options)) console.log(line);
  console.log(`quayside ready http://demo.localhost:${options.port}`);
  lines.release();
}

/** Lines that wait until they are released; those that come later are shown at once. */
function heldLines() {
  let held: string[] | null = [];
  const say = (line: string) => void (held ? held.push(line) : console.log(line));
  const release = () => {
    for (const line of held ?? []) console.log(line);
    held = null;
  };
  return { say, release };
}

/** Where people sign in, and how; nothing where everybody is signed in. */
function signInLines({ auth, port }: Options): string[] {
  if (auth === "none") return [];
  const how = auth === "local" ? "with e-mail and password" : "at the development identity provider";
  const app = `http://app.localhost:${port}`;
  return [`sign in at ${app}/sign-in ${how}; mails are at ${app}/dev/mail`];
}

/** Serves with the chosen driver; where nobody asked for containers and they do not start, without them. */
async function serve(context: Context, driver: ChosenDriver, port: number): Promise<ChosenDriver> {
  const words = driver.name === "local" ? "server started" : "server started, with the image of its containers";
  try {
    await step(words, () => startWorker(context, { driver, port }));
    return driver;
  } catch (error) {
    if (driver.name === "local" || context.options.sandbox !== "auto" || !(error instanceof NeverServed)) throw error;
    console.log(pc.yellow(`containers did not start: ${error.message}`));
    return serve(context, { name: "local", why: "containers did not start; --sandbox=cloudflare shows why" }, port);
  }
}

function fail(options: Options | null, error: unknown): Promise<never> {
  console.error(error instanceof Sentence ? `quayside: ${error.message}` : error);
  return end(options, 1);
}

let options: Options | null = null;
try {
  options = readOptions(process.argv.slice(2), process.env, root);
  if (options === null) {
    console.log(HELP);
    process.exit(0);
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(options, 0));
  await main(options);
} catch (error) {
  await fail(options, error);
}
