/*
 * Runs on whatever Node the machine has (20 or newer): installs what the lock file names where that has not been done,
 * and goes on under the Node of the project, which npm installs like any other package.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MIN_NODE = 20;
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Prints one sentence and ends with status 1.
 * @param {string} sentence
 * @returns {never}
 */
export function giveUp(sentence) {
  console.error(`quayside: ${sentence}`);
  process.exit(1);
}

/** npm writes its own record as the last act of an installation: an older one, or none, means that something changed. */
function isInstalled() {
  const record = join(ROOT, "node_modules", ".package-lock.json");
  return existsSync(record) && statSync(record).mtimeMs >= statSync(join(ROOT, "package-lock.json")).mtimeMs;
}

/** Installs the packages of the lock file unless exactly these are installed. */
function ensureDependencies() {
  if (Number(process.versions.node.split(".")[0]) < MIN_NODE) {
    giveUp(`Node ${MIN_NODE} or newer is needed to begin; this is ${process.version}.`);
  }
  if (isInstalled()) return;
  console.log("quayside: installing packages (npm ci); about a minute the first time");
  const npm = spawnSync("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], { cwd: ROOT, stdio: "inherit" });
  if (npm.error) giveUp("npm is needed and was not found.");
  if (npm.status !== 0)
    giveUp("npm ci failed; what it says is above. A full disk and no network are the usual reasons.");
}

/**
 * Runs a TypeScript program of the project under the project's Node, passing signals on and its status back.
 * @param {string} script path from the project's root
 * @param {string[]} args
 */
export function runUnderProjectNode(script, args) {
  ensureDependencies();
  const bin = join(ROOT, "node_modules", ".bin");
  const node = join(bin, "node");
  if (!existsSync(node)) giveUp("the project's Node is missing from node_modules; delete node_modules and try again.");
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ""}`, NODE_NO_WARNINGS: "1" };
  const child = spawn(node, [join(ROOT, script), ...args], { cwd: ROOT, env, stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
    process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
