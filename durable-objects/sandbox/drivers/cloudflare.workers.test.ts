import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import type { Env } from "#platform/env";
import { newId } from "#platform/new-id";
import { createArchiveStore } from "../archives.ts";
import { containerOf } from "../testing/containers.ts";
import { createCloudflareDriver } from "./cloudflare.ts";
import { describeDriver } from "./driver.suite.ts";

const bindings = env as unknown as Env & { CONTAINER_TEST_URL?: string };
const isReal = (bindings.CONTAINER_TEST_URL ?? "") !== "";
const timeout = isReal ? 240_000 : 20_000;
vi.setConfig({ testTimeout: timeout, hookTimeout: timeout });

function make(names = { orgId: newId("org"), sandboxId: newId("sandbox") }) {
  const archives = createArchiveStore(bindings.FILES, names);
  return {
    names,
    archives,
    driver: createCloudflareDriver({ ...containerOf(names), ...names, archives, lease: null }),
  };
}

describeDriver(isReal ? "cloudflare" : "cloudflare over a stand-in for the container", () => make().driver);

describe("a container's workspace", () => {
  test("SB7 is kept in the bucket when it is closed, with permissions and links, and put back in the next container", async () => {
    const { driver, archives } = make();
    expect(await driver.open()).toMatchObject({ created: true });
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 7) % 256);
    await driver.writeFile("deep/binary.dat", bytes);
    await driver.exec("printf '#!/bin/sh\\n' > run.sh; chmod 751 run.sh; ln -s run.sh link; git init -q .");
    await driver.close();
    const kept = await archives.load();
    await kept?.cancel();
    expect(kept).not.toBeNull();
    expect(await driver.open()).toMatchObject({ created: false });
    const read = await driver.readFile("deep/binary.dat");
    expect([read.byteLength, read.every((byte, at) => byte === bytes[at])]).toEqual([bytes.byteLength, true]);
    expect((await driver.exec("stat -c %a run.sh; readlink link; git rev-parse --is-inside-work-tree")).stdout).toBe(
      "751\nrun.sh\ntrue\n",
    );
    await driver.destroy();
    expect(await archives.load()).toBeNull();
    expect(await driver.open()).toMatchObject({ created: true });
    await driver.destroy();
  });

  test("SB7 a container that died comes back with what was kept last", async () => {
    const { names, driver } = make();
    await driver.open();
    await driver.writeFile("kept.txt", "kept");
    await driver.close();
    await driver.open();
    await driver.writeFile("late.txt", "late");
    await containerOf(names).container.destroy();
    await expect(driver.readFile("late.txt")).rejects.toMatchObject({ code: "lost" });
    expect(await driver.open()).toMatchObject({ created: false });
    expect((await driver.listFiles("")).files.map((one) => one.name)).toEqual(["kept.txt"]);
    await driver.destroy();
  });

  test("SB6 one that cannot be put back whole is not left half there", async () => {
    const { names, driver, archives } = make();
    await driver.open();
    await driver.writeFile("kept.txt", "kept");
    await driver.close();
    const broken = new Uint8Array(10_240).fill(65);
    await archives.save(new Blob([broken]).stream() as ReadableStream<Uint8Array>, broken.byteLength);
    await expect(driver.open()).rejects.toMatchObject({ code: "internal" });
    await archives.delete();
    expect(await make(names).driver.open()).toMatchObject({ created: true });
    await driver.destroy();
  });

  test("the ports of the control plane and of the host are not reached", async () => {
    const { driver } = make();
    for (const port of [3000, 8671]) {
      const call = async () => driver.fetchPort(new Request("http://sandbox/"), port);
      await expect(call()).rejects.toMatchObject({ code: "invalid", field: "port" });
    }
  });
});
