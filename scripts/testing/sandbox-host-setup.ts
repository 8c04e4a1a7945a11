import type { TestProject } from "vitest/node";
import { seedDemoRepository } from "../seed-demo-repository.ts";
import { startSandboxHost } from "./start-sandbox-host.ts";

declare module "vitest" {
  interface ProvidedContext {
    sandboxHostUrl: string;
    sandboxHostSecret: string;
  }
}

/** Global set-up of the workerd tests: one real sandbox host for all of them, with the demo repository. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const host = await startSandboxHost();
  seedDemoRepository(host.gitRoot);
  project.provide("sandboxHostUrl", host.url);
  project.provide("sandboxHostSecret", host.secret);
  return () => host.stop();
}
