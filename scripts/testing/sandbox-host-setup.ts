import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { seedDemoRepository } from "../seed-demo-repository.ts";
import { startSandboxHost } from "./start-sandbox-host.ts";

declare module "vitest" {
  interface ProvidedContext {
    sandboxHostUrl: string;
    sandboxHostSecret: string;
    /** Directory whose repositories the host serves by their path. */
    sandboxGitPath: string;
  }
}

/** Global set-up of the workerd tests: one real sandbox host for all of them, with the demo repository and an empty one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(path.join(tmpdir(), "quayside-host-"));
  const gitPath = path.join(directory, "git");
  const host = await startSandboxHost({ directory, env: { SANDBOX_GIT_PATHS: gitPath } });
  seedDemoRepository(host.gitRoot);
  execFileSync("git", [
    "-c",
    "init.defaultBranch=main",
    "init",
    "--quiet",
    "--bare",
    path.join(host.gitRoot, "empty.git"),
  ]);
  project.provide("sandboxHostUrl", host.url);
  project.provide("sandboxHostSecret", host.secret);
  project.provide("sandboxGitPath", gitPath);
  return () => host.stop();
}
