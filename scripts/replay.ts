import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** Repeats a downloaded recording against the code that is here, without a network: `npm run replay FILE`. */
const [file, ...more] = process.argv.slice(2);
if (!file || more.length > 0) {
  console.error("usage: npm run replay FILE");
  process.exit(2);
}
if (!existsSync(file)) {
  console.error(`${file} does not exist`);
  process.exit(2);
}
const root = join(import.meta.dirname, "..");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const test = "durable-objects/agent-thread/replay.workers.test.ts";
const { status } = spawnSync(process.execPath, [vitest, "run", "--project", "workerd", test], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, REPLAY_FILE: resolve(file) },
});
process.exit(status ?? 1);
