import { once } from "node:events";
import { renameSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ok, type Result } from "#contract/problem";
import type { ExecLine } from "#contract/workspace";
import type { SandboxBinding } from "#platform/rpc";
import { seedDemoRepository } from "../../scripts/seed-demo-repository.ts";
import { startSandboxHost, type TestHost } from "../../scripts/testing/start-sandbox-host.ts";
import { onAlarm } from "./alarm.ts";
import { createContext, type SandboxContext, type SandboxDeps, statusOf } from "./context.ts";
import { createLocalDriver } from "./drivers/local.ts";
import { execCommand } from "./exec.ts";
import { listFiles, readFile, writeFile } from "./files.ts";
import { commit, push } from "./git-write.ts";
import type { SandboxRecord } from "./record.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const id = (prefix: string) => `${prefix}_${crypto.randomUUID().replaceAll("-", "")}`;
const LOST = "The sandbox went away. It starts again when it is needed.";

let host: TestHost;

/** A sandbox object's parts over the present host, and a memory in place of its storage. */
function makeContext(): SandboxContext {
  let stored: SandboxRecord | null = null;
  const store = {
    read: () => stored,
    write: (record: SandboxRecord) => {
      stored = structuredClone(record);
    },
    arm: () => undefined,
    fired: () => undefined,
    erase: async () => undefined,
  };
  const repository = { id: id("rep"), name: "pocket-links", defaultBranch: "main" };
  const binding = { orgId: id("org"), conversationId: id("cnv"), sandboxId: id("sbx"), repository };
  return createContext(makeDeps(), store, binding);
}

function makeDeps(): SandboxDeps {
  return {
    driverName: "local",
    driver: ({ orgId, sandboxId }, lease) =>
      createLocalDriver({ url: host.url, secret: host.secret, orgId, sandboxId, lease }),
    now: Date.now,
    environment: async () => ({}),
    secrets: async () => [],
    remote: async () => ({
      url: `${host.url}/git/pocket-links.git`,
      env: {
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "http.extraHeader",
        GIT_CONFIG_VALUE_0: `x-quayside-host-secret: ${host.secret}`,
      },
    }),
    report: async () => ok(null),
    archives: { put: async () => undefined, get: async () => null, delete: async () => undefined },
    trees: { index: async () => null, read: async () => null, put: async () => undefined },
    headCommit: async () => null,
    seq: async () => ok(1),
    release: async () => ok(null),
    log: () => undefined,
    idleMs: 60_000,
  };
}

async function begun(context: SandboxContext, command: string) {
  const stream = taken(await execCommand(context, { execId: id("exe"), command, timeoutMs: 60_000 }));
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("begun")) text += (await reader.read()).value;
  return async (): Promise<ExecLine[]> => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as ExecLine);
  };
}

function taken<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.problem.code}: ${result.problem.detail}`);
}

async function kill(): Promise<void> {
  const ended = once(host.child, "exit");
  host.child.kill("SIGKILL");
  await ended;
}

const directoryOf = ({ orgId, sandboxId }: SandboxBinding) => `${host.root}/${orgId}/${sandboxId}/workspace`;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

beforeAll(async () => {
  host = await startSandboxHost();
  seedDemoRepository(host.gitRoot);
});
afterAll(() => host.stop());

describe("faults of the sandbox host", () => {
  test("SB14 SB7 a host that is killed during a command is an error line, a failed state, and no loss", async () => {
    const context = makeContext();
    taken(await writeFile(context, { path: "kept.txt", bytes: new TextEncoder().encode("kept") }));
    const rest = await begun(context, "echo begun; sleep 4001");
    await kill();
    expect((await rest()).at(-1)).toEqual({
      type: "error",
      detail: "The sandbox went away while the command ran.",
    });
    expect(statusOf(context)).toMatchObject({ state: "failed", detail: LOST, driver: "local" });
    expect(context.record.running).toEqual([]);
    const refused = await readFile(context, "kept.txt");
    expect(refused).toMatchObject({
      ok: false,
      problem: { code: "unavailable", detail: "The sandbox host does not answer. Is it running?", retryAfterS: 1 },
    });
    expect(statusOf(context).state).toBe("failed");
    await onAlarm(context);

    const { directory, secret } = host;
    host = await startSandboxHost({ directory, secret });
    expect(text(taken(await readFile(context, "kept.txt")).bytes)).toBe("kept");
    expect(statusOf(context)).toMatchObject({ state: "ready", detail: null, driver: "local" });
  });

  test("SB7 a workspace that is deleted under a command is cloned anew by the next call", async () => {
    const context = makeContext();
    taken(await writeFile(context, { path: "lost.txt", bytes: new Uint8Array(3) }));
    const rest = await begun(context, "echo begun; sleep 1; ls");
    rmSync(directoryOf(context.record.binding), { recursive: true });
    const { entries } = taken(await listFiles(context, "."));
    const names = entries.map((one) => one.name);
    expect(names).toContain("README.md");
    expect(names).not.toContain("lost.txt");
    expect((await rest()).at(-1)?.type).toMatch(/^(?:exit|error)$/);
    expect(statusOf(context).state).toBe("ready");
    expect(context.record).toMatchObject({ running: [], provisioned: true });
  });

  test("SB22 a remote that vanished is a plain problem, and the commit stays", async () => {
    const context = makeContext();
    taken(await writeFile(context, { path: "a.txt", bytes: new Uint8Array(3) }));
    const made = taken(await commit(context, { message: "a", author: { name: "Ann" } }));
    renameSync(`${host.gitRoot}/pocket-links.git`, `${host.gitRoot}/moved.git`);
    const refused = await push(context, {});
    renameSync(`${host.gitRoot}/moved.git`, `${host.gitRoot}/pocket-links.git`);
    const detail = "The push failed: the repository could not be reached, or it does not allow pushes.";
    expect(refused).toMatchObject({ ok: false, problem: { code: "upstream_failed", detail } });
    expect(taken(await push(context, {}))).toEqual({ branch: "main", commit: made.commit });
  });

  test("SB6 a clone whose remote vanished says so, and works once it is back", async () => {
    const context = makeContext();
    renameSync(`${host.gitRoot}/pocket-links.git`, `${host.gitRoot}/moved.git`);
    const refused = await listFiles(context, ".");
    renameSync(`${host.gitRoot}/moved.git`, `${host.gitRoot}/pocket-links.git`);
    const detail = "The repository pocket-links could not be cloned: it was not found, or access to it was refused.";
    expect(refused).toMatchObject({ ok: false, problem: { code: "upstream_failed", detail } });
    expect(statusOf(context)).toMatchObject({ state: "failed", detail, driver: "local" });
    expect(taken(await listFiles(context, ".")).entries.length).toBeGreaterThan(3);
  });
});
