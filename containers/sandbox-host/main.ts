import { fstatSync, mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { detectIsolation } from "./isolation.ts";
import { killTree } from "./kill-tree.ts";
import { Registry } from "./registry.ts";
import { createHostServer } from "./server.ts";
import { readSettings } from "./settings.ts";

const PARENT_CHECK_MS = 1_000;

/*
 * The host of sandboxes: runs those of `npm run dev` on this machine, or the one that a container is. It prints one
 * JSON line `{"event":"ready","port":…,"isolation":…,"limits":[…]}` when it listens, and ends with its parent: when its
 * standard input is a pipe that closes, on SIGTERM, SIGINT or SIGHUP, and when the process that started it is gone.
 */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  mkdirSync(settings.root, { recursive: true, mode: 0o700 });
  const isolation = detectIsolation(settings.isolation, `${settings.root}/.system`);
  const registry = new Registry(settings, isolation);
  const server = createHostServer({ settings, registry });
  let ending = false;
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    server.close();
    await registry.closeAll();
    process.exit(code);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void end(0));
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error) => {
      console.error(error);
      void end(1);
    });
  }
  const input = fstatSync(0);
  if (input.isFIFO() || input.isSocket())
    process.stdin
      .on("end", () => void end(0))
      .on("error", () => undefined)
      .resume();
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && void end(0), PARENT_CHECK_MS).unref();
  if (isolation.kind === "none") {
    killTree(undefined, { prefix: `QUAYSIDE_SANDBOX_TAG=${settings.root}:` });
    if (settings.onlyDirectory === null)
      console.error(
        "warning: bubblewrap does not work on this machine, so sandboxes are plain directories: commands in them can read and " +
          "change whatever you can. Install bubblewrap (Linux) or run only code you trust.",
      );
  }
  server.listen(settings.port, settings.address, () => {
    const { port } = server.address() as AddressInfo;
    console.log(JSON.stringify({ event: "ready", port, isolation: isolation.kind, limits: isolation.limits }));
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
