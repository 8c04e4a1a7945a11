import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** Runs the fault test of the whole over many seeds: `npm run test:fuzz -- --seeds=100 --from=1 --steps=120`. */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    from: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    steps: { type: "string", default: "60" },
  },
});
const wrong = Object.entries(values).filter(([, value]) => !/^\d+$/.test(value));
if (wrong.length > 0) {
  console.error(`--${wrong[0]?.[0]} must be a whole number`);
  process.exit(2);
}
console.log(`${values.seeds} seeds from ${values.from} on, ${values.steps} steps each`);
const root = join(import.meta.dirname, "..");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "durable-objects/whole.fault.test.ts"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, FUZZ_SEEDS: values.seeds, FUZZ_FROM: values.from, FUZZ_STEPS: values.steps },
});
process.exit(status ?? 1);
