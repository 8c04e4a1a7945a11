import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import type { ConversationHead } from "#contract/conversation";
import { newId } from "#platform/new-id";
import type { SandboxBinding } from "#platform/rpc";
import { sandboxStub } from "#platform/stubs";
import { makeWorld, type World } from "../../workers/shared/testing/world.ts";
import type { SandboxDeps } from "./context.ts";
import { makeTestSandbox, type TestSandbox, taken, testEnv, testRemote, until } from "./make-test-sandbox.ts";
import type { SandboxRecord } from "./record.ts";
import type { Sandbox } from "./sandbox-do.ts";

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const stateOf = async (box: TestSandbox) => taken(await box.stub.status(box.binding)).state;

interface Shared {
  orgId: string;
  repository: NonNullable<SandboxBinding["repository"]>;
}

/** A sandbox of the same repository as others, whose host says that its branch is at `commit`. */
async function boxOf(shared: Shared, commit: string | null): Promise<TestSandbox> {
  const box = await makeTestSandbox({ orgId: shared.orgId });
  box.binding.repository = shared.repository;
  await box.setDeps({ headCommit: async () => commit });
  return box;
}

/** Changes what a sandbox has stored, as if it had come about otherwise. */
async function changeRecord(box: TestSandbox, change: (record: SandboxRecord) => SandboxRecord): Promise<void> {
  await runInDurableObject(box.stub, (_object, state) => {
    const record = state.storage.kv.get<SandboxRecord>("sandbox");
    if (record) state.storage.kv.put("sandbox", change(record));
  });
  await evictDurableObject(box.stub);
  await box.setDeps({ remote: async () => testRemote("pocket-links"), headCommit: async () => null });
}

/** A repository that was cloned once, so that its tree is cached. */
async function cachedRepository() {
  const orgId = newId("org");
  const repository = { id: newId("repository"), name: "pocket-links", defaultBranch: "main" };
  const first = await boxOf({ orgId, repository }, null);
  const base = taken(await first.stub.changes(first.binding)).baseCommit ?? "";
  await until(async () => {
    await first.alarm();
    const { objects } = await testEnv.FILES.list({ prefix: `${orgId}/repositories/` });
    return objects.some((one) => one.key === `${orgId}/repositories/${repository.id}/${base}.json`);
  });
  return { first, base, shared: { orgId, repository } };
}

describe("before there is a machine", () => {
  test("SB68 files are listed and read from the cached commit as from the machine, and nothing starts", async () => {
    const { first, base, shared } = await cachedRepository();
    const late = await boxOf(shared, base);
    for (const path of [".", "src", "test"]) {
      expect(await late.stub.listFiles(late.binding, path)).toEqual(await first.stub.listFiles(first.binding, path));
    }
    for (const path of ["README.md", "src/slug.js", "no/such/file"]) {
      expect(await late.stub.readFile(late.binding, path)).toEqual(await first.stub.readFile(first.binding, path));
    }
    expect(await stateOf(late)).toBe("none");
    expect(late.reports).toEqual([]);
  });

  test("SB69 what was read is what is there later: the clone is of that commit, whatever was pushed meanwhile", async () => {
    const { first, base, shared } = await cachedRepository();
    const late = await boxOf(shared, base);
    taken(await late.stub.listFiles(late.binding, "."));
    await first.write("README.md", "pushed after it was read");
    const branch = `late-${crypto.randomUUID()}`;
    const pushed = taken(await first.stub.commit(first.binding, { message: "Later", branch, author: { name: "Ann" } }));
    taken(await first.stub.push(first.binding, {}));
    // The branch that the late one clones is ahead of what it read.
    await changeRecord(late, (record) => ({
      ...record,
      binding: { ...record.binding, repository: { ...shared.repository, defaultBranch: branch } },
    }));
    const before = text(taken(await late.stub.readFile(late.binding, "README.md")).bytes);
    await late.write("notes.md", "mine");
    const changes = taken(await late.stub.changes(late.binding));
    expect([changes.baseCommit, changes.branch, pushed.commit === base]).toEqual([base, branch, false]);
    expect(text(taken(await late.stub.readFile(late.binding, "README.md")).bytes)).toBe(before);
    expect(text(taken(await late.stub.readFile(late.binding, "notes.md")).bytes)).toBe("mine");
  });

  test("SB69 where the repository has that commit no more its newest is taken, and the status says so", async () => {
    const { base, shared } = await cachedRepository();
    const late = await boxOf(shared, base);
    taken(await late.stub.listFiles(late.binding, "."));
    await changeRecord(late, (record) => ({ ...record, readCommit: "e".repeat(40) }));
    const words =
      "The repository was rewritten after its files were first read here. They are as of its newest commit.";
    expect(taken(await late.stub.start(late.binding))).toMatchObject({ state: "ready", detail: words });
  });

  test("SB68 without a cache, or where the host does not say its commit, the machine answers", async () => {
    const { base, shared } = await cachedRepository();
    for (const commit of [null, "d".repeat(40)]) {
      const late = await boxOf(shared, commit);
      taken(await late.stub.listFiles(late.binding, "."));
      expect(await stateOf(late)).toBe("ready");
    }
    const other = await boxOf({ ...shared, repository: { ...shared.repository, id: newId("repository") } }, base);
    taken(await other.stub.listFiles(other.binding, "."));
    expect(await stateOf(other)).toBe("ready");
  });

  test("SB68 who asks to wake nothing wakes nothing: what only a machine knows is a conflict", async () => {
    const { base, shared } = await cachedRepository();
    const [late, unknown] = [await boxOf(shared, base), await boxOf(shared, null)];
    expect(taken(await late.stub.listFiles(late.binding, ".", false)).entries.length).toBeGreaterThan(3);
    for (const call of ["listFiles", "readFile"] as const) {
      const refused = await unknown.stub[call](unknown.binding, "README.md", false);
      expect(refused).toMatchObject({ problem: { code: "conflict" } });
    }
    expect(await stateOf(unknown)).toBe("none");
  });

  test("SB70 another org never reads it, though it names the same repository and commit", async () => {
    const { base, shared } = await cachedRepository();
    const stranger = await boxOf({ ...shared, orgId: newId("org") }, base);
    await stranger.setDeps({ driver: () => null });
    expect(await stranger.stub.listFiles(stranger.binding, ".")).toMatchObject({ problem: { code: "unavailable" } });
    expect(taken(await stranger.stub.findCached(stranger.binding, { pattern: "a", path: "." }))).toBeNull();
  });
});

describe("a run that only looks", () => {
  const SCRIPT = [
    'tool: list {"path":"src"}',
    "tool: list {}",
    "read src/links.js",
    "read missing.txt",
    'tool: glob {"pattern":"**/*.js"}',
    'tool: glob {"pattern":"*.md","path":"."}',
    'tool: grep {"pattern":"^(export|const) .*links?","path":"."}',
    'tool: grep {"pattern":"[[:digit:]]{2,}|[[:upper:]]{3,}","path":"src"}',
    'tool: grep {"pattern":"slug","path":"src/slug.js"}',
    'tool: grep {"pattern":"no such thing anywhere"}',
  ].join("\n");

  async function conversation(world: World, deps: Partial<SandboxDeps>) {
    const body = { executor: "edge", model: "demo/scripted", autonomy: "auto", repositoryId: world.repositoryId };
    const { id, sandboxId, repository } = (await world.json<ConversationHead>("POST", "/api/conversations", body)).body;
    const binding = { orgId: world.orgId, conversationId: id, sandboxId: sandboxId ?? "", repository };
    const stub = sandboxStub(testEnv, binding);
    await runInDurableObject(stub, (instance) => {
      Object.assign((instance as unknown as Sandbox).deps, { remote: async () => testRemote("pocket-links"), ...deps });
    });
    return { id, stub, binding };
  }

  /** What the tools of a run answered. */
  async function results(world: World, id: string): Promise<string[]> {
    await world.json("POST", `/api/conversations/${id}/messages`, { clientId: "a", content: SCRIPT, mode: "auto" });
    type Window = { items: { kind: string; text: string; title: string }[]; runs: { status: string }[] };
    let seen: Window = { items: [], runs: [] };
    await until(async () => {
      seen = (await world.json<Window>("GET", `/api/conversations/${id}`)).body;
      return seen.runs[0]?.status === "succeeded";
    });
    return seen.items.filter((one) => one.kind === "tool_call").map((one) => `${one.title}\n${one.text}`);
  }

  test("AT60 AT61 lists, reads, globs and greps as with the machine, and leaves the sandbox unstarted", async () => {
    const world = await makeWorld();
    const started = await conversation(world, { headCommit: async () => null });
    taken(await started.stub.start(started.binding));
    const expected = await results(world, started.id);
    const base = taken(await started.stub.changes(started.binding)).baseCommit;
    await until(async () => {
      const { objects } = await testEnv.FILES.list({ prefix: `${world.orgId}/repositories/` });
      return objects.some((one) => one.key.endsWith(".json"));
    });
    const late = await conversation(world, { headCommit: async () => base, driver: () => null });
    expect(await results(world, late.id)).toEqual(expected);
    expect(taken(await late.stub.status(late.binding)).state).toBe("none");
    expect(expected.length).toBe(10);
    expect(expected.filter((one) => one.includes("Nothing found")).length).toBe(1);
  });
});
