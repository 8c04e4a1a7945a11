import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { newId } from "#platform/new-id";
import { describeDriver } from "./driver.suite.ts";
import { createLocalDriver } from "./local.ts";

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

describeDriver("local", () => {
  const { sandbox } = configOf(env as unknown as Env);
  if (sandbox.driver !== "local") throw new Error("the tests run with the local driver");
  const { url, secret } = sandbox;
  return createLocalDriver({ url, secret, orgId: newId("org"), sandboxId: newId("sandbox"), lease: null });
});
