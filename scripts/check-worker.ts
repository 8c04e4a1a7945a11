import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/**
 * Fails when the Worker weighs more than the budget, gzipped: what a cold start has to load. Reads what
 * `wrangler deploy --dry-run --outdir dist --metafile` left, and says which packages the most of it is.
 */
const BUDGET_BYTES = 700 * 1024;
const SHOWN = 12;
const OUTPUT = "dist";

interface Meta {
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
}

/** The package a module is of, or the first two folders of a file of the project. */
function ownerOf(path: string): string {
  const inPackages = path.split("node_modules/");
  const parts = (inPackages.at(-1) ?? path).split("/");
  if (inPackages.length === 1) return parts.slice(0, 2).join("/");
  return parts.slice(0, parts[0]?.startsWith("@") ? 2 : 1).join("/");
}

const meta: Meta = JSON.parse(await readFile(join(OUTPUT, "bundle-meta.json"), "utf8"));
const sizes = new Map<string, number>();
for (const { inputs } of Object.values(meta.outputs)) {
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    sizes.set(ownerOf(path), (sizes.get(ownerOf(path)) ?? 0) + bytesInOutput);
  }
}
const largest = [...sizes].sort((a, b) => b[1] - a[1]).slice(0, SHOWN);
for (const [owner, size] of largest) console.log(`${(size / 1024).toFixed(1).padStart(8)} KiB  ${owner}`);

const modules = (await readdir(OUTPUT)).filter((name) => /\.(?:m?js|wasm)$/.test(name));
const contents = await Promise.all(modules.map((name) => readFile(join(OUTPUT, name))));
if (!contents.some((text) => /name\s*=\s*"SandboxContainer"/.test(text.toString()))) {
  console.error("SandboxContainer has lost its name, by which its outbound rules are found.");
  process.exitCode = 1;
}
const total = gzipSync(Buffer.concat(contents)).length;
console.log(`${(total / 1024).toFixed(1).padStart(8)} KiB  of ${BUDGET_BYTES / 1024} KiB, all of it gzipped`);
if (total > BUDGET_BYTES) {
  console.error("The Worker is over its budget: keep what only browsers need out of it, or leave something out.");
  process.exitCode = 1;
}
