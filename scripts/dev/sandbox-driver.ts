import { spawnSync } from "node:child_process";
import type { SandboxChoice } from "./options.ts";
import { Sentence } from "./sentence.ts";

export interface ChosenDriver {
  name: "local" | "cloudflare";
  /** Why, in words that end a sentence. */
  why: string;
}

/** Runs a program and says whether it succeeded. */
type Try = (program: string, args: string[]) => boolean;

const succeeds: Try = (program, args) => spawnSync(program, args, { stdio: "ignore", timeout: 10_000 }).status === 0;

/** Which driver runs sandboxes, and why. A `Sentence` where containers are asked for and no engine answers. */
export function chooseDriver(choice: SandboxChoice, tries: Try = succeeds): ChosenDriver {
  if (choice === "local") return { name: "local", why: "asked for with --sandbox=local" };
  const missing = missingFor(tries);
  if (choice === "cloudflare") {
    if (missing !== null) throw new Sentence(`--sandbox=cloudflare needs a Docker engine with buildx: ${missing}.`);
    return { name: "cloudflare", why: "asked for with --sandbox=cloudflare" };
  }
  if (missing === null) return { name: "cloudflare", why: "a Docker engine with buildx answers" };
  return { name: "local", why: missing };
}

function missingFor(tries: Try): string | null {
  if (!tries("docker", ["info"])) return "no Docker engine answers";
  return tries("docker", ["buildx", "version"]) ? null : "the Docker engine has no buildx";
}
