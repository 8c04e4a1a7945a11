import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import type { Env } from "#platform/env";
import { newId } from "#platform/new-id";
import { containerOf } from "../testing/containers.ts";
import { createCloudflareDriver } from "./cloudflare.ts";
import { describeDriver } from "./driver.suite.ts";

const bindings = env as unknown as Env & { CONTAINER_TEST_URL?: string };
const isReal = (bindings.CONTAINER_TEST_URL ?? "") !== "";
const timeout = isReal ? 240_000 : 20_000;
vi.setConfig({ testTimeout: timeout, hookTimeout: timeout });

function make(names = { orgId: newId("org"), sandboxId: newId("sandbox") }) {
  return createCloudflareDriver({ ...containerOf(names), ...names, lease: null });
}

describeDriver(isReal ? "cloudflare" : "cloudflare over a stand-in for the container", () => make());

describe("a container", () => {
  test("SB7 has a new workspace after each end, and says so", async () => {
    const driver = make();
    expect(await driver.open()).toMatchObject({ created: true });
    await driver.writeFile("gone.txt", "gone");
    await driver.close();
    expect(driver.keepsDisk).toBe(false);
    expect(await driver.open()).toMatchObject({ created: true });
    expect((await driver.listFiles("")).files).toEqual([]);
    await driver.destroy();
  });

  test("the ports of the control plane and of the host are not reached", async () => {
    const driver = make();
    for (const port of [3000, 8671]) {
      const call = async () => driver.fetchPort(new Request("http://sandbox/"), port);
      await expect(call()).rejects.toMatchObject({ code: "invalid", field: "port" });
    }
  });
});
