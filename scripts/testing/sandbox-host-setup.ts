import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { seedDemoRepository } from "../seed-demo-repository.ts";
import { startModelServer } from "./model-server.ts";
import { startOidcServer } from "./oidc-server.ts";
import { startSandboxHost } from "./start-sandbox-host.ts";

/**
 * Global set-up of the workerd tests: one real sandbox host for all of them, with the demo repository and an empty one, one
 * model server and one OpenID Connect server.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(path.join(tmpdir(), "quayside-host-"));
  const gitPath = path.join(directory, "git");
  const [host, models, oidc] = await Promise.all([
    startSandboxHost({ directory, env: { SANDBOX_GIT_PATHS: gitPath } }),
    startModelServer(),
    startOidcServer(),
  ]);
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
  project.provide("modelServerUrl", models.url);
  const { issuer, clientSecret, privateJwk } = oidc;
  project.provide("oidcServer", { issuer, clientSecret, privateJwk });
  return async () => void (await Promise.all([host.stop(), models.stop(), oidc.stop()]));
}
