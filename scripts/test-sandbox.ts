import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const SUITES = { local: "durable-objects/sandbox/drivers/local.workers.test.ts" };

/** Runs the contract suite of sandbox drivers against one of them: `--driver=local` (the default) or `--driver=cloudflare`. */
function main(): number {
  const { values } = parseArgs({ options: { driver: { type: "string", default: "local" } } });
  if (values.driver === "cloudflare") {
    console.error("The cloudflare driver needs a Docker engine and is not part of this version. Use --driver=local.");
    return 2;
  }
  if (values.driver !== "local") {
    console.error("usage: node scripts/test-sandbox.ts [--driver=local|cloudflare]");
    return 2;
  }
  const run = spawnSync("npx", ["vitest", "run", "--project", "workerd", SUITES.local], { stdio: "inherit" });
  return run.status ?? 1;
}

process.exitCode = main();
