import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = path.join(import.meta.dirname, "..", "..");
const CONFIG = path.join(ROOT, "durable-objects", "sandbox", "testing", "wrangler.toml");
/** The first start builds the image. */
const READY_MS = 15 * 60_000;

/** Whether a container engine answers. */
export function hasContainerEngine(): boolean {
  return spawnSync("docker", ["info"], { stdio: "ignore" }).status === 0;
}

/** Serves the containers of the contract suite through `wrangler dev`; throws a sentence where that does not work. */
export async function startContainerServer(port: number): Promise<{ url: string; stop(): Promise<void> }> {
  const state = mkdtempSync(path.join(tmpdir(), "quayside-containers-"));
  const wrangler = path.join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const key = randomBytes(32).toString("base64");
  const keys = ["SECRETS_KEY", "TOKEN_KEY"].flatMap((name) => ["--var", `${name}:${key}`]);
  const args = [
    wrangler,
    "dev",
    "--config",
    CONFIG,
    "--port",
    String(port),
    "--ip",
    "127.0.0.1",
    "--persist-to",
    state,
  ];
  const child = spawn(process.execPath, [...args, "--show-interactive-dev-session=false", ...keys], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
    rmSync(state, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  for (const until = Date.now() + READY_MS; Date.now() < until && child.exitCode === null; await sleep(500)) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return { url, stop };
  }
  await stop();
  throw new Error("The worker of the container test did not start.");
}
