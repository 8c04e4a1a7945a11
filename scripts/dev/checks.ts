import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Options } from "./options.ts";
import { Sentence } from "./sentence.ts";

const NEEDED_BYTES = 200 * 1024 * 1024;

/** Refuses to begin where it cannot end well: no git, a port in use, a state directory that cannot be written. */
export async function checkMachine(options: Options): Promise<void> {
  if (spawnSync("git", ["--version"]).status !== 0)
    throw new Sentence("git is needed and was not found. Install it and try again.");
  await checkPort(options.port);
  checkState(options.state);
}

function checkPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const busy = error.code === "EADDRINUSE";
      reject(
        new Sentence(
          busy
            ? `port ${port} is in use. End what uses it, or choose another: PORT=${port + 1} npm run dev`
            : `port ${port} cannot be used: ${error.message}.`,
        ),
      );
    });
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}

function checkState(state: string): void {
  try {
    mkdirSync(state, { recursive: true });
    const probe = join(state, ".probe");
    writeFileSync(probe, "x");
    rmSync(probe);
  } catch (error) {
    throw new Sentence(`the state directory ${state} cannot be written: ${(error as Error).message}.`);
  }
  const { bavail, bsize } = statfsSync(state);
  if (bavail * bsize < NEEDED_BYTES) {
    throw new Sentence(
      `the disk of ${state} is nearly full: ${Math.floor((bavail * bsize) / 1_048_576)} MiB are free, 200 are needed.`,
    );
  }
}
