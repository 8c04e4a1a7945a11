import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../../dev/run-tool.ts";
import { ensureAppBuild } from "../../dev/setup.ts";
import type { Bench } from "../harness/bench.ts";

/** The product as it is deployed, and the same with a part of its design taken away. */
export type Variant = "product" | "row-per-turn" | "stored-first";

const DRY_RUN = ["wrangler", "deploy", "--dry-run", "--containers-rollout=none"];

/** Bundles a variant as `wrangler deploy` does, once a run; the directory that holds its `index.js`. */
export async function bundleOf(bench: Bench, variant: Variant): Promise<string> {
  const directory = join(bench.dir, "bundles", variant);
  if (existsSync(join(directory, "index.js"))) return directory;
  bench.progress(`bundling ${variant}`);
  await ensureAppBuild(bench.options.root);
  const entry = variant === "product" ? [] : [join("scripts", "bench", "workerd", `${variant}.ts`)];
  const output = ["--config", "wrangler.toml", "--outdir", directory, "--metafile"];
  await runTool(bench.options.root, [...DRY_RUN, ...entry, ...output], `the bundle of ${variant}`);
  if (variant !== "product") renameSync(join(directory, `${variant}.js`), join(directory, "index.js"));
  return directory;
}

/** Bundles the door; the directory that holds its `door.js`. */
export async function doorBundle(bench: Bench): Promise<string> {
  const directory = join(bench.dir, "bundles", "door");
  if (existsSync(join(directory, "door.js"))) return directory;
  bench.progress("bundling the door");
  const config = join("scripts", "bench", "workerd", "wrangler.toml");
  await runTool(bench.options.root, [...DRY_RUN, "--config", config, "--outdir", directory], "the door's bundle");
  return directory;
}
