import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { hasContainerEngine, startContainerServer } from "./testing/container-server.ts";

const DRIVERS = "durable-objects/sandbox/drivers";
const PORT = 8791;

/** Runs the contract suite of sandbox drivers against one of them: `--driver=local` (the default) or `--driver=cloudflare`. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { driver: { type: "string", default: "local" } } });
  if (values.driver === "local") return suite("local", {});
  if (values.driver !== "cloudflare") {
    console.error("usage: npm run test:sandbox -- [--driver=local|cloudflare]");
    return 2;
  }
  if (!hasContainerEngine()) {
    console.error("The cloudflare driver is tried in real containers: a Docker engine must answer to `docker info`.");
    return 2;
  }
  const server = await startContainerServer(PORT);
  try {
    return suite("cloudflare", { CONTAINER_TEST_URL: server.url });
  } finally {
    await server.stop();
  }
}

function suite(driver: string, env: Record<string, string>): number {
  const argv = ["vitest", "run", "--project", "workerd", `${DRIVERS}/${driver}.workers.test.ts`];
  return spawnSync("npx", argv, { stdio: "inherit", env: { ...process.env, ...env } }).status ?? 1;
}

process.exitCode = await main();
