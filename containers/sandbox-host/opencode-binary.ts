import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { OPENCODE_BIN, OPENCODE_PIN, OPENCODE_ROOT } from "./opencode-pin.ts";
import { findToolchain } from "./toolchain.ts";

const DOWNLOAD_MB = 60;
const FETCH_LIMIT_MS = 10 * 60_000;

export type BinaryState =
  | { state: "ready"; detail: string }
  | { state: "fetching"; detail: string }
  | { state: "failed"; detail: string };

const { version } = OPENCODE_PIN;
const STAGING = ".staging-";
const DETAIL = `OpenCode ${version}`;

let fetching = false;
let failure: string | null = null;

/**
 * Whether the binary is there. Where it is not, the first call begins to fetch it and every later one tells how that goes;
 * a failure is told once, and the call after it tries again.
 */
export function openCodeState(): BinaryState {
  if (existsSync(path.join(OPENCODE_ROOT, OPENCODE_BIN, "opencode"))) return { state: "ready", detail: DETAIL };
  if (failure !== null) {
    const detail = failure;
    failure = null;
    return { state: "failed", detail };
  }
  if (!fetching) {
    fetching = true;
    void fetchOpenCode()
      .catch((error: unknown) => {
        failure = error instanceof Error ? error.message : String(error);
      })
      .finally(() => {
        fetching = false;
      });
  }
  return { state: "fetching", detail: `Fetching ${DETAIL}, once, about ${DOWNLOAD_MB} MB` };
}

/**
 * Fetches the binary with npm into a directory of its own and puts it in place by one rename: a crash leaves nothing that
 * counts, and of two that fetch at once one wins. Throws a sentence for people.
 */
export async function fetchOpenCode(root = OPENCODE_ROOT): Promise<void> {
  const installed = path.join(root, OPENCODE_BIN);
  if (existsSync(installed)) return;
  await forgetBroken(path.dirname(installed));
  const staging = path.join(path.dirname(installed), `${STAGING}${randomUUID()}`);
  await mkdir(staging, { recursive: true });
  try {
    const name = platformPackage();
    await writeFile(path.join(staging, "package.json"), '{"private":true}\n');
    await runNpm(staging, [
      "install",
      "--no-save",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      `${name}@${version}`,
    ]);
    await checkIntegrity(staging, name);
    const binary = path.join("node_modules", name, "bin", "opencode");
    await chmod(path.join(staging, binary), 0o755);
    await symlink(binary, path.join(staging, "opencode"));
    await rename(staging, installed).catch((error: unknown) => {
      if (!existsSync(path.join(installed, "opencode"))) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Removes what a crash left; younger ones may be another program's work. */
async function forgetBroken(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(STAGING))) {
    const found = await stat(path.join(parent, name)).catch(() => null);
    if (found && Date.now() - found.mtimeMs > 2 * FETCH_LIMIT_MS)
      await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

/** The package of this machine's binary. On x64 it is the one that needs no AVX2, which runs on all of them. */
function platformPackage(): string {
  const { platform, arch } = process;
  if (!["linux", "darwin"].includes(platform) || !["x64", "arm64"].includes(arch)) {
    throw new Error(`OpenCode has no binary for ${platform} on ${arch}.`);
  }
  return ["opencode", platform, arch, ...(arch === "x64" ? ["baseline"] : []), ...(isMusl() ? ["musl"] : [])].join("-");
}

function isMusl(): boolean {
  return process.platform === "linux" && readdirSync("/lib").some((name) => name.startsWith("ld-musl-"));
}

/** npm checks what it fetched against what the registry says; where the digest is pinned, it must be that one. */
async function checkIntegrity(directory: string, name: string): Promise<void> {
  const lock = await readFile(path.join(directory, "node_modules", ".package-lock.json"), "utf8");
  const packages = z
    .object({ packages: z.record(z.string(), z.object({ integrity: z.string().optional() })) })
    .parse(JSON.parse(lock)).packages;
  const wanted = OPENCODE_PIN.integrity[name];
  if (wanted !== undefined && packages[`node_modules/${name}`]?.integrity !== wanted) {
    throw new Error(`OpenCode ${version} from the npm registry is not the one that was pinned, so it is not used.`);
  }
}

function runNpm(cwd: string, args: string[]): Promise<void> {
  const { npm } = findToolchain();
  const [program, first] = npm === null ? ["npm", []] : [process.execPath, [path.join(npm, "bin", "npm-cli.js")]];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], {
      cwd,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: FETCH_LIMIT_MS,
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4_000);
    });
    child.once("error", () => reject(new Error("OpenCode could not be fetched: npm was not found.")));
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(whyNot(said)))));
  });
}

function whyNot(said: string): string {
  const code = /npm error code (\S+)/.exec(said)?.[1];
  return `OpenCode ${version} could not be fetched from the npm registry${code ? ` (${code})` : ""}. It is tried again with the next message.`;
}
