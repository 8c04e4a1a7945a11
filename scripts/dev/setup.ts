import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runTool } from "./run-tool.ts";
import { SEED_SQL } from "./seed-sql.ts";

const SECRETS = ["SECRETS_KEY", "TOKEN_KEY"] as const;
const HOST_SECRET = "SANDBOX_HOST_SECRET";

/** Adds the secrets that `.dev.vars` lacks, random and only readable by its owner; what is there stays. */
export function ensureSecrets(root: string): Record<string, string> {
  const path = join(root, ".dev.vars");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const known = Object.fromEntries(
    [...text.matchAll(/^([A-Z_]+)\s*=\s*"?([^"\n]*)"?$/gm)].map((match) => [match[1], match[2]]),
  );
  const missing = [
    ...SECRETS.filter((name) => !known[name]).map((name) => [name, randomBytes(32).toString("base64")]),
    ...(known[HOST_SECRET] ? [] : [[HOST_SECRET, randomBytes(32).toString("hex")]]),
  ];
  if (missing.length > 0) {
    const added = missing.map(([name, value]) => `${name}="${value}"\n`).join("");
    writeFileSync(path, text + (text === "" || text.endsWith("\n") ? "" : "\n") + added, { mode: 0o600 });
  }
  return { ...known, ...Object.fromEntries(missing) };
}

/** Builds the web app unless the last build was of the same sources. */
export async function ensureAppBuild(root: string): Promise<void> {
  const stamp = join(root, "app", "build", ".stamp");
  const digest = digestOf(root, [
    "app",
    "workers/shared/contract",
    "workers/shared/domain",
    "vite.config.ts",
    "package-lock.json",
  ]);
  if (readStamp(stamp) === digest) return;
  await runTool(root, ["remix", "vite:build"], "the web app's build");
  writeFileSync(stamp, digest);
}

/** Brings the local database to the newest schema and puts the demo org into it, where that has not been done. */
export async function ensureDatabase(root: string, state: string): Promise<void> {
  const persist = join(state, "wrangler");
  const stamp = join(state, "database.stamp");
  const digest = createHash("sha256")
    .update(digestOf(root, ["migrations"]))
    .update(SEED_SQL)
    .digest("hex");
  if (readStamp(stamp) === digest) return;
  const d1 = ["wrangler", "d1"];
  const local = ["quayside", "--local", "--persist-to", persist];
  await runTool(root, [...d1, "migrations", "apply", ...local], "the database migration");
  const seed = join(state, "seed.sql");
  writeFileSync(seed, SEED_SQL);
  await runTool(root, [...d1, "execute", ...local, "--file", seed, "--yes"], "the demo organisation");
  writeFileSync(stamp, digest);
}

function readStamp(path: string): string | null {
  mkdirSync(dirname(path), { recursive: true });
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

function digestOf(root: string, places: string[]): string {
  const hash = createHash("sha256");
  for (const place of places) addTo(hash, join(root, place));
  return hash.digest("hex");
}

function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  if (/\/(?:build|e2e|testing)$|\.test\.tsx?$/.test(path)) return;
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) addTo(hash, join(path, name));
    return;
  }
  hash.update(path).update(readFileSync(path));
}
