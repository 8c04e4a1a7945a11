import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/**
 * Fails when what a browser must load before the conversation page works weighs more than the budget: the client
 * entry, the route's modules, everything they import statically, and their styles, each gzipped.
 */
const BUDGET_BYTES = 170 * 1024;
const ROOT = "app/build/client";
const ENTRIES = ["app/entry.client.tsx", "app/root.tsx", "app/routes/frame.tsx", "app/routes/conversation.tsx"];

interface Chunk {
  file: string;
  src?: string;
  imports?: string[];
  css?: string[];
  assets?: string[];
}

const manifest: Record<string, Chunk> = JSON.parse(await readFile("app/build/.vite/client-manifest.json", "utf8"));

/** Remix marks route modules with a query in the manifest's keys. */
function keyOf(entry: string): string {
  const key = Object.keys(manifest).find((one) => one.split("?")[0] === entry);
  if (key === undefined) throw new Error(`${entry} is not in the manifest; build first with "remix vite:build"`);
  return key;
}

function closure(keys: string[], seen = new Set<string>()): Set<string> {
  for (const key of keys) {
    if (seen.has(key)) continue;
    seen.add(key);
    closure(manifest[key]?.imports ?? [], seen);
  }
  return seen;
}

const files = new Set<string>();
for (const key of closure(ENTRIES.map(keyOf))) {
  const chunk = manifest[key];
  if (!chunk) continue;
  files.add(chunk.file);
  for (const sheet of [...(chunk.css ?? []), ...(chunk.assets ?? [])]) if (sheet.endsWith(".css")) files.add(sheet);
}

const sizes = await Promise.all(
  [...files].map(async (file) => ({ file, size: gzipSync(await readFile(join(ROOT, file))).length })),
);
sizes.sort((a, b) => b.size - a.size);
const total = sizes.reduce((sum, one) => sum + one.size, 0);
for (const { file, size } of sizes) console.log(`${(size / 1024).toFixed(1).padStart(8)} KiB  ${file}`);
console.log(`${(total / 1024).toFixed(1).padStart(8)} KiB  of ${BUDGET_BYTES / 1024} KiB, gzipped`);
if (total > BUDGET_BYTES) {
  console.error("The conversation page is over its budget: load something later, or leave it out.");
  process.exitCode = 1;
}
