import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import { ok } from "#contract/problem";
import { blobKey } from "#platform/blobs";
import { newId } from "#platform/new-id";
import { type ArchiveStore, createArchiveStore } from "./archives.ts";
import { createCloudflareDriver } from "./drivers/cloudflare.ts";
import { DriverError, type SandboxDriver } from "./drivers/driver.ts";
import { createLocalDriver } from "./drivers/local.ts";
import { makeTestSandbox, type TestSandbox, taken, testEnv, until } from "./make-test-sandbox.ts";
import type { SandboxRecord } from "./record.ts";
import { containerOf } from "./testing/containers.ts";

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

const host = { url: testEnv.SANDBOX_HOST_URL ?? "", secret: testEnv.SANDBOX_HOST_SECRET ?? "" };
const bucket = createArchiveStore(testEnv.FILES);
const broken: ArchiveStore = { ...bucket, put: () => Promise.reject(new Error("the bucket is away")) };

function machineOf({ binding }: TestSandbox, lease: string | null = null): SandboxDriver {
  return createLocalDriver({ ...host, orgId: binding.orgId, sandboxId: binding.sandboxId, lease });
}

const snapshotsOf = async (box: TestSandbox) => taken(await box.stub.snapshots(box.binding));
const keyOf = ({ binding }: TestSandbox, id: string) => blobKey(binding, "sandboxes", `${binding.sandboxId}/${id}.tar`);
const namesOf = async (box: TestSandbox) =>
  taken(await box.stub.listFiles(box.binding, ".")).entries.map((one) => one.name);

async function twoSnapshots(): Promise<TestSandbox> {
  const box = await makeTestSandbox({ repository: false });
  for (const name of ["one.txt", "two.txt"]) {
    await box.write(name, name);
    taken(await box.stub.stop(box.binding));
  }
  return box;
}

/** Turns a byte of an archive in the bucket, with all else as it was. */
async function damage(box: TestSandbox, id: string): Promise<void> {
  const stored = await testEnv.FILES.get(keyOf(box, id));
  const bytes = new Uint8Array((await stored?.arrayBuffer()) ?? new ArrayBuffer(0));
  bytes[700] = 255 - (bytes[700] ?? 0);
  await testEnv.FILES.put(keyOf(box, id), bytes, { customMetadata: stored?.customMetadata ?? {} });
}

describe("a snapshot that fails", () => {
  test("SB63 where the machine keeps its disk it stops all the same, says so, and the snapshot before stays", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.write("one.txt", "one");
    taken(await box.stub.stop(box.binding));
    const before = await snapshotsOf(box);
    await box.write("two.txt", "two");
    await box.setDeps({ archives: broken });
    expect(taken(await box.stub.stop(box.binding))).toMatchObject({
      state: "stopped",
      detail: "Its files could not be saved. They stay on the machine it ran on.",
    });
    expect(await snapshotsOf(box)).toEqual(before);
    await box.setDeps({ archives: bucket });
    expect(await namesOf(box)).toEqual(["one.txt", "two.txt"]);
    taken(await box.stub.stop(box.binding));
    expect((await snapshotsOf(box)).length).toBe(2);
  });

  test("SB63 where the disk goes with the machine it stays up, and is put to sleep when that can be done", async () => {
    const box = await makeTestSandbox({ repository: false });
    const { orgId, sandboxId } = box.binding;
    let now = Date.now();
    await box.setDeps({
      now: () => now,
      archives: broken,
      driver: (_binding, lease) =>
        createCloudflareDriver({ ...containerOf({ orgId, sandboxId }), orgId, sandboxId, lease }),
    });
    await box.write("one.txt", "one");
    expect(await box.stub.stop(box.binding)).toMatchObject({ ok: false, problem: { code: "unavailable" } });
    expect(taken(await box.stub.status(box.binding)).state).toBe("ready");
    expect(await namesOf(box)).toEqual(["one.txt"]);
    now += 31 * 60_000;
    await box.alarm();
    expect(taken(await box.stub.status(box.binding)).state).toBe("ready");
    await box.setDeps({ archives: bucket });
    now += 61_000;
    await until(async () => {
      await box.alarm();
      return taken(await box.stub.status(box.binding)).state === "stopped";
    });
    expect(await namesOf(box)).toEqual(["one.txt"]);
  });

  test("SB63 a crash between the upload and the record leaves the old snapshot, and the new archive is collected", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.write("one.txt", "one");
    taken(await box.stub.stop(box.binding));
    const [before] = await snapshotsOf(box);
    const orphan = newId("snapshot");
    await testEnv.FILES.put(keyOf(box, orphan), "uploaded and never recorded");
    await runInDurableObject(box.stub, (_object, state) => {
      const record = state.storage.kv.get<SandboxRecord>("sandbox");
      state.storage.kv.put("sandbox", { ...record, uploading: orphan, unsaved: "nothing" });
      return state.storage.setAlarm(Date.now() + 3_600_000);
    });
    await evictDurableObject(box.stub);
    await box.alarm();
    await until(async () => (await testEnv.FILES.head(keyOf(box, orphan))) === null);
    expect(await snapshotsOf(box)).toEqual([before]);
    expect(await testEnv.FILES.head(keyOf(box, before?.id ?? ""))).not.toBeNull();
  });

  test("SB63 a sleep that was interrupted goes on from its alarm, also where the machine has gone and its disk has not", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.write("one.txt", "one");
    await runInDurableObject(box.stub, (_object, state) => {
      const record = state.storage.kv.get<SandboxRecord>("sandbox");
      state.storage.kv.put("sandbox", { ...record, state: "sleeping", uploading: newId("snapshot") });
      return state.storage.setAlarm(Date.now() + 3_600_000);
    });
    await evictDurableObject(box.stub);
    await box.setDeps({ seq: async () => ok(9) });
    const machine = machineOf(box);
    await machine.open();
    await machine.close();
    await until(async () => {
      await box.alarm();
      return taken(await box.stub.status(box.binding)).state === "stopped";
    });
    expect((await snapshotsOf(box)).length).toBe(1);
  });

  test("SB66 what the bucket does not delete now is deleted later", async () => {
    const box = await twoSnapshots();
    let now = Date.now();
    const refusing: ArchiveStore = { ...bucket, delete: () => Promise.reject(new Error("the bucket is away")) };
    await box.setDeps({ now: () => now, archives: refusing });
    const [newest] = await snapshotsOf(box);
    taken(await box.stub.destroy(box.binding));
    await box.alarm();
    expect(await testEnv.FILES.head(keyOf(box, newest?.id ?? ""))).not.toBeNull();
    await box.setDeps({ archives: bucket });
    now += 61_000;
    await box.alarm();
    await until(async () => (await testEnv.FILES.head(keyOf(box, newest?.id ?? ""))) === null);
  });
});

describe("a restore that fails", () => {
  test("SB63 half-way, the workspace is not taken for whole: the next start begins again", async () => {
    const box = await twoSnapshots();
    await machineOf(box).destroy();
    let writes = 0;
    await box.setDeps({
      driver: (_binding, lease) => {
        const machine = machineOf(box, lease);
        const writeArchive: SandboxDriver["writeArchive"] = async (archive) => {
          writes += 1;
          if (writes > 1) return machine.writeArchive(archive);
          await archive.body.cancel();
          await machine.writeFile("half.txt", "half");
          throw new DriverError("internal", "The archive could not be read.");
        };
        return { ...machine, writeArchive };
      },
    });
    expect(await box.stub.start(box.binding)).toMatchObject({ ok: false });
    expect(taken(await box.stub.status(box.binding)).state).toBe("failed");
    expect(await namesOf(box)).toEqual(["one.txt", "two.txt"]);
    expect((await snapshotsOf(box)).length).toBe(2);
  });

  test("SB63 while the bucket is away it is tried again, with nothing dropped", async () => {
    const box = await twoSnapshots();
    await machineOf(box).destroy();
    await box.setDeps({ archives: { ...bucket, get: () => Promise.reject(new Error("the bucket is away")) } });
    expect(await box.stub.start(box.binding)).toMatchObject({ ok: false });
    await box.setDeps({ archives: bucket });
    expect(await namesOf(box)).toEqual(["one.txt", "two.txt"]);
  });

  test("SB63 a damaged archive falls back to the one before, says so, and is dropped", async () => {
    const box = await twoSnapshots();
    const [newest, older] = await snapshotsOf(box);
    await damage(box, newest?.id ?? "");
    await machineOf(box).destroy();
    expect(await namesOf(box)).toEqual(["one.txt"]);
    expect(await snapshotsOf(box)).toEqual([older]);
    const words =
      /^Replaced\. Files are as of \d\d:\d\d UTC, from an older snapshot, because a newer one was damaged\.$/;
    await until(() => box.details().some((one) => words.test(one ?? "")));
    await until(async () => (await testEnv.FILES.head(keyOf(box, newest?.id ?? ""))) === null);
  });
});
