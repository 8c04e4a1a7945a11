import { describe, expect, test, vi } from "vitest";
import { ok } from "#contract/problem";
import { newId } from "#platform/new-id";
import { createCloudflareDriver } from "./drivers/cloudflare.ts";
import type { SandboxDriver } from "./drivers/driver.ts";
import { createLocalDriver } from "./drivers/local.ts";
import { makeTestSandbox, type TestSandbox, taken, testEnv, until } from "./make-test-sandbox.ts";
import { containerOf } from "./testing/containers.ts";

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

const host = { url: testEnv.SANDBOX_HOST_URL ?? "", secret: testEnv.SANDBOX_HOST_SECRET ?? "" };
const machineOf = ({ binding }: TestSandbox): SandboxDriver =>
  createLocalDriver({ ...host, orgId: binding.orgId, sandboxId: binding.sandboxId, lease: null });
const snapshotsOf = async (box: TestSandbox) => taken(await box.stub.snapshots(box.binding));
const read = async (box: TestSandbox, path: string) =>
  new TextDecoder().decode(taken(await box.stub.readFile(box.binding, path)).bytes);
const archivesOf = async ({ binding }: Pick<TestSandbox, "binding">) => {
  const { objects } = await testEnv.FILES.list({ prefix: `${binding.orgId}/sandboxes/${binding.sandboxId}/` });
  return objects.map((one) => one.key.split("/").at(-1)?.replace(".tar", ""));
};

async function ephemeral(options: Parameters<typeof makeTestSandbox>[0] = {}) {
  const box = await makeTestSandbox({ repository: false, ...options });
  const { orgId, sandboxId } = box.binding;
  await box.setDeps({
    driver: (_binding, lease) =>
      createCloudflareDriver({ ...containerOf({ orgId, sandboxId }), orgId, sandboxId, lease }),
  });
  return box;
}

/** Writes a file and makes a snapshot of it as a run's end does. */
async function keep(box: TestSandbox, text: string, count: number) {
  await box.write("kept.txt", text);
  taken(await box.stub.keep(box.binding, { seq: 5, at: 0 }));
  await until(async () => {
    await box.alarm();
    return (await snapshotsOf(box)).length >= count;
  });
}

describe("sleep and wake", () => {
  test("SB60 a stop keeps the files first, and the next start puts them back where the machine is new", async () => {
    const box = await ephemeral();
    await box.run("echo v > kept.txt; chmod 751 kept.txt; ln -s kept.txt link; mkdir -p a/b; echo s > ~/.session");
    expect(taken(await box.stub.stop(box.binding)).state).toBe("stopped");
    const [snapshot] = await snapshotsOf(box);
    expect(snapshot).toMatchObject({ atSeq: 7, reason: "sleep", version: { format: 1, driver: "local" } });
    expect(taken(await box.stub.status(box.binding)).snapshot).toEqual({
      id: snapshot?.id,
      at: snapshot?.at,
      atSeq: 7,
      sizeBytes: snapshot?.sizeBytes,
    });
    expect((await box.run("stat -c %a kept.txt; readlink link; ls -d a/b; cat ~/.session")).stdout).toBe(
      "751\nkept.txt\na/b\ns\n",
    );
    await until(() => box.details().some((one) => one?.startsWith("Files are as of")));
    const { at } = snapshot ?? { at: "" };
    expect(box.details()).toContain(`Files are as of ${at.slice(11, 16)} UTC, from the last snapshot.`);
  });

  test("SB60 an idle sandbox is kept by the same rule, and a workspace that survived is used as it is", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.write("kept.txt", "kept");
    const later = Date.now() + 60 * 60_000;
    await box.setDeps({ now: () => later });
    await until(async () => {
      await box.alarm();
      return taken(await box.stub.status(box.binding)).state === "stopped";
    });
    expect((await snapshotsOf(box)).length).toBe(1);
    const machine = machineOf(box);
    await machine.open();
    await machine.writeFile("later.txt", "by other means");
    await machine.close();
    expect(await read(box, "later.txt")).toBe("by other means");
    expect(taken(await box.stub.status(box.binding)).detail).toBeNull();
  });

  test("SB60 a stop that finds the same files makes no second snapshot", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.write("kept.txt", "kept");
    taken(await box.stub.stop(box.binding));
    taken(await box.stub.restart(box.binding));
    taken(await box.stub.stop(box.binding));
    expect((await snapshotsOf(box)).length).toBe(1);
    expect((await archivesOf(box)).length).toBe(1);
  });
});

describe("after a run", () => {
  test("SB64 changed files are kept in the background, once, and not while a command runs", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.run("echo one > kept.txt");
    const stream = await box.exec({ command: "sleep 0.7; echo two > kept.txt", timeoutMs: 5_000 });
    taken(await box.stub.keep(box.binding, { seq: 5, at: 0 }));
    await box.alarm();
    expect(await snapshotsOf(box)).toEqual([]);
    await stream.cancel();
    await until(async () => (await snapshotsOf(box)).length === 1);
    expect((await snapshotsOf(box))[0]).toMatchObject({ reason: "run" });
    taken(await box.stub.keep(box.binding, { seq: 5, at: 0 }));
    await box.alarm();
    expect((await snapshotsOf(box)).length).toBe(1);
    await until(() => box.reports.some((one) => one.type === "sandbox.changed" && one.sandbox.snapshot !== null));
    expect(taken(await box.stub.status(box.binding)).state).toBe("ready");
  });

  test("SB61 a snapshot is of the run's end where nobody touched the files since, and of now where somebody did", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.run("echo one > kept.txt");
    const after = Date.now() + 1;
    taken(await box.stub.keep(box.binding, { seq: 5, at: after }));
    taken(await box.stub.readFile(box.binding, "kept.txt"));
    await until(async () => (await snapshotsOf(box)).length === 1);
    await box.run("echo two > kept.txt");
    taken(await box.stub.stop(box.binding));
    expect((await snapshotsOf(box)).map((one) => one.atSeq)).toEqual([7, 5]);
  });

  test("SB64 an archive that is too large is not uploaded, and the status says so", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.run("head -c 68000000 /dev/urandom > large.bin");
    taken(await box.stub.keep(box.binding, { seq: 5, at: 0 }));
    await until(() => box.details().some((one) => one?.includes("over 64 MiB")));
    expect(await snapshotsOf(box)).toEqual([]);
    await until(async () => (await archivesOf(box)).length === 0);
    taken(await box.stub.stop(box.binding));
    expect((await snapshotsOf(box)).length).toBe(1);
  });
});

describe("replace", () => {
  test("SB65 a machine that died with its disk comes back with the last snapshot, and says from when", async () => {
    const box = await makeTestSandbox({ repository: false });
    await keep(box, "kept", 1);
    await box.write("late.txt", "late");
    await machineOf(box).destroy();
    const { entries } = taken(await box.stub.listFiles(box.binding, "."));
    expect(entries.map((one) => one.name)).toEqual(["kept.txt"]);
    const words = /^Replaced\. Files are as of \d\d:\d\d UTC, from the last snapshot\.$/;
    await until(() => box.details().some((one) => words.test(one ?? "")));
  });

  test("SB65 without a snapshot it is cloned anew, and says what is lost", async () => {
    const box = await makeTestSandbox();
    await box.write("late.txt", "late");
    await machineOf(box).destroy();
    const { entries } = taken(await box.stub.listFiles(box.binding, "."));
    expect(entries.map((one) => one.name)).not.toContain("late.txt");
    const words = "Replaced. The repository was cloned anew; what was changed before is lost.";
    await until(() => box.details().includes(words));
  });

  test("SB65 changes are counted against the base commit of the snapshot", async () => {
    const box = await makeTestSandbox();
    await box.write("notes.md", "one\n");
    const before = taken(await box.stub.changes(box.binding));
    taken(await box.stub.stop(box.binding));
    await machineOf(box).destroy();
    expect(taken(await box.stub.changes(box.binding))).toEqual(before);
    expect(before.files.map((one) => one.path)).toEqual(["notes.md"]);
  });
});

describe("retention", () => {
  test("SB66 the newest five and the pinned stay; the rest is deleted, and all with the sandbox", async () => {
    const box = await makeTestSandbox({ repository: false });
    for (let n = 1; n <= 5; n++) await keep(box, `version ${n}`, n);
    const oldest = (await snapshotsOf(box)).at(-1)?.id ?? "";
    const pin = { snapshotId: oldest, by: newId("sandbox") };
    expect(taken(await box.stub.pinSnapshot(box.binding.orgId, pin)).id).toBe(oldest);
    taken(await box.stub.pinSnapshot(box.binding.orgId, pin));
    await box.write("kept.txt", "version 6");
    taken(await box.stub.stop(box.binding));
    expect((await snapshotsOf(box)).length).toBe(6);
    taken(await box.stub.releaseSnapshot(box.binding.orgId, pin));
    const left = (await snapshotsOf(box)).map((one) => one.id);
    expect([left.length, left.includes(oldest)]).toEqual([5, false]);
    await until(async () => {
      await box.alarm();
      return (await archivesOf(box)).length === 5;
    });
    expect((await archivesOf(box)).sort()).toEqual([...left].sort());
    taken(await box.stub.destroy(box.binding));
    await until(async () => {
      await box.alarm();
      return (await archivesOf(box)).length === 0;
    });
    expect(await snapshotsOf(box)).toEqual([]);
  });

  test("SB67 a new sandbox of the org starts from a snapshot, and releases it with its own first", async () => {
    const parent = await makeTestSandbox();
    await parent.write("forked.txt", "from the parent");
    const base = taken(await parent.stub.changes(parent.binding)).baseCommit;
    taken(await parent.stub.stop(parent.binding));
    const snapshotId = (await snapshotsOf(parent))[0]?.id ?? "";
    const { orgId, sandboxId } = parent.binding;
    const child = await makeTestSandbox({ orgId, from: { sandboxId, snapshotId } });
    taken(await parent.stub.pinSnapshot(orgId, { snapshotId, by: child.binding.sandboxId }));
    const released: string[] = [];
    await child.setDeps({
      release: async (binding, source) => {
        released.push(`${binding.sandboxId} ${source.snapshotId}`);
        return ok(null);
      },
    });
    expect(await read(child, "forked.txt")).toBe("from the parent");
    const changes = taken(await child.stub.changes(child.binding));
    expect([changes.baseCommit, changes.files.map((one) => one.path)]).toEqual([base, ["forked.txt"]]);
    expect(released).toEqual([]);
    await child.write("own.txt", "own");
    taken(await child.stub.stop(child.binding));
    await until(async () => {
      await child.alarm();
      return released.length > 0;
    });
    expect(released).toEqual([`${child.binding.sandboxId} ${snapshotId}`]);
    expect(await read(parent, "forked.txt")).toBe("from the parent");
  });

  test("SB67 another org pins nothing, and starts from nothing", async () => {
    const parent = await makeTestSandbox({ repository: false });
    await parent.write("secret.txt", "secret");
    taken(await parent.stub.stop(parent.binding));
    const snapshotId = (await snapshotsOf(parent))[0]?.id ?? "";
    const stranger = newId("org");
    const pin = { snapshotId, by: newId("sandbox") };
    expect(await parent.stub.pinSnapshot(stranger, pin)).toMatchObject({ problem: { code: "not_found" } });
    const from = { sandboxId: parent.binding.sandboxId, snapshotId };
    const thief = await makeTestSandbox({ repository: false, orgId: stranger, from });
    expect(taken(await thief.stub.listFiles(thief.binding, ".")).entries).toEqual([]);
  });
});
