import { describe, expect, test, vi } from "vitest";
import { fail, ok } from "#contract/problem";
import { newId } from "#platform/new-id";
import type { SandboxReport } from "#platform/rpc";
import { verifySandboxToken } from "#platform/tokens";
import { createLocalDriver } from "./drivers/local.ts";
import {
  linesOf,
  makeTestSandbox,
  type TestSandbox,
  taken,
  testEnv,
  testRemote,
  until,
  watchTerminal,
} from "./make-test-sandbox.ts";

function directDriver({ binding }: TestSandbox) {
  const { SANDBOX_HOST_URL: url = "", SANDBOX_HOST_SECRET: secret = "" } = testEnv;
  return createLocalDriver({ url, secret, orgId: binding.orgId, sandboxId: binding.sandboxId, lease: null });
}

/** The token of a sandbox's commands, which is left in the file `token.txt`. */
async function tokenIn(box: TestSandbox): Promise<string> {
  await box.run('printf %s "$QUAYSIDE_TOKEN" > token.txt');
  return new TextDecoder().decode(taken(await box.stub.readFile(box.binding, "token.txt")).bytes);
}

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

describe("lifecycle", () => {
  test("SB2 parallel first calls share one start", async () => {
    const box = await makeTestSandbox();
    let clones = 0;
    await box.setDeps({
      remote: async () => {
        clones += 1;
        return testRemote("pocket-links");
      },
    });
    const results = await Promise.all([
      box.stub.start(box.binding),
      box.stub.listFiles(box.binding, "src"),
      box.stub.changes(box.binding),
    ]);
    expect(results.map((one) => one.ok)).toEqual([true, true, true]);
    expect(clones).toBe(1);
    expect(taken(await box.stub.status(box.binding))).toEqual({
      state: "ready",
      detail: null,
      driver: "local",
      snapshot: null,
    });
  });

  test("SB3 a busy sandbox is never stopped", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.exec({ command: "sleep 2001", execId: "long", timeoutMs: 60_000 });
    for (const action of ["stop", "restart"] as const) {
      expect(await box.stub[action](box.binding)).toMatchObject({ ok: false, problem: { code: "conflict" } });
    }
    const later = Date.now() + 24 * 60 * 60_000;
    await box.setDeps({ now: () => later });
    await box.alarm();
    expect(taken(await box.stub.status(box.binding)).state).toBe("busy");
    expect(await box.stub.destroy(box.binding)).toEqual({ ok: true, value: null });
    expect(await box.stub.start(box.binding)).toMatchObject({ ok: false, problem: { code: "conflict" } });
    await expect(directDriver(box).open()).resolves.toMatchObject({ created: true });
    await directDriver(box).destroy();
  });

  test("SB4 an idle sandbox sleeps, then stops, and wakes with its files when it is needed", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.write("kept.txt", "kept");
    const idleAt = Date.now() + 30 * 60_000;
    await box.setDeps({ now: () => idleAt - 60_000 });
    await box.alarm();
    expect(taken(await box.stub.status(box.binding)).state).toBe("ready");
    await box.setDeps({ now: () => idleAt + 60_000 });
    await until(async () => {
      await box.alarm();
      return box.states().length >= 4;
    });
    expect(taken(await box.stub.status(box.binding)).state).toBe("stopped");
    expect(box.states()).toEqual(["provisioning", "ready", "sleeping", "stopped"]);
    expect((await box.run("cat kept.txt")).stdout).toBe("kept");
  });

  test("SB4 a call that comes while the sandbox is put to sleep waits for the end, and then wakes it", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.write("kept.txt", "kept");
    const { SANDBOX_HOST_URL: url = "", SANDBOX_HOST_SECRET: secret = "" } = testEnv;
    const order: string[] = [];
    await box.setDeps({
      now: () => Date.now() + 60 * 60_000,
      driver: ({ orgId, sandboxId }, lease) => {
        const driver = createLocalDriver({ url, secret, orgId, sandboxId, lease });
        const note = async <T>(name: string, call: Promise<T>) => {
          const value = await call;
          order.push(name);
          return value;
        };
        const slowly = () => new Promise((resolve) => setTimeout(resolve, 300)).then(() => driver.close());
        return { ...driver, open: () => note("opened", driver.open()), close: () => note("closed", slowly()) };
      },
    });
    const alarm = box.alarm();
    await until(async () => taken(await box.stub.status(box.binding)).state === "sleeping");
    const [read] = await Promise.all([box.stub.readFile(box.binding, "kept.txt"), alarm]);
    expect(new TextDecoder().decode(taken(read).bytes)).toBe("kept");
    expect(order).toEqual(["closed", "opened"]);
    expect(taken(await box.stub.status(box.binding)).state).toBe("ready");
  });

  test("SB5 a new workspace is a clone, and holds no credential", async () => {
    const box = await makeTestSandbox();
    const { stdout } = await box.run(
      "git log --format=%s; git status --short; cat .git/config; grep -r secret .git || true",
    );
    expect(stdout).toMatch(/^A tiny URL shortener\n\[core\]/);
    expect(stdout).not.toContain(testEnv.SANDBOX_HOST_SECRET);
    expect(taken(await box.stub.changes(box.binding))).toMatchObject({ branch: "main", dirty: false, files: [] });
  });

  test("SB5 without a repository the workspace is empty and has no git", async () => {
    const box = await makeTestSandbox({ repository: false });
    expect((await box.run("ls -A")).stdout).toBe("");
    expect(taken(await box.stub.changes(box.binding))).toMatchObject({ baseCommit: null, branch: null, files: [] });
    expect(await box.stub.commit(box.binding, { message: "x", author: { name: "Ann" } })).toMatchObject({
      problem: { code: "conflict" },
    });
  });

  test("SB6 a failed clone leaves nothing, says why, and is tried again", async () => {
    const box = await makeTestSandbox();
    await box.setDeps({ remote: async () => testRemote("no-such-repository") });
    const failed = await box.stub.start(box.binding);
    expect(failed).toMatchObject({ ok: false, problem: { code: "upstream_failed" } });
    const status = taken(await box.stub.status(box.binding));
    expect(status.state).toBe("failed");
    expect(status.detail).toMatch(/^The repository pocket-links could not be cloned: [^/]*\.$/);
    const driver = directDriver(box);
    await driver.open();
    expect((await driver.listFiles("")).files).toEqual([]);
    await box.setDeps({ remote: async () => testRemote("pocket-links") });
    expect(taken(await box.stub.start(box.binding)).state).toBe("ready");
    expect(taken(await box.stub.listFiles(box.binding, ".")).entries.length).toBeGreaterThan(3);
  });

  test("SB7 a machine that died is replaced by the next call, over the same files", async () => {
    const box = await makeTestSandbox();
    await box.write("kept.txt", "kept");
    const driver = directDriver(box);
    await driver.open();
    await driver.close();
    expect(new TextDecoder().decode(taken(await box.stub.readFile(box.binding, "kept.txt")).bytes)).toBe("kept");
    await until(() => box.states().length >= 5);
    expect(box.states()).toEqual(["provisioning", "ready", "failed", "provisioning", "ready"]);
    await driver.destroy();
    const { entries } = taken(await box.stub.listFiles(box.binding, "."));
    expect(entries.map((one) => one.name)).toContain("README.md");
    expect(entries.map((one) => one.name)).not.toContain("kept.txt");
  });

  test("SB7 a host that does not answer is unavailable, and the state says so", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.stub.start(box.binding);
    const gone = { url: "http://127.0.0.1:1", secret: "x", orgId: box.binding.orgId, sandboxId: "x", lease: null };
    await box.setDeps({ driver: () => createLocalDriver(gone) });
    const result = await box.stub.listFiles(box.binding, ".");
    expect(result).toMatchObject({ ok: false, problem: { code: "unavailable", retryAfterS: 1 } });
    expect(taken(await box.stub.status(box.binding)).state).toBe("failed");
  });

  test("SB8 another org's, conversation's or sandbox's binding finds nothing", async () => {
    const box = await makeTestSandbox({ repository: false });
    await box.stub.start(box.binding);
    const others = [
      { orgId: newId("org") },
      { conversationId: newId("conversation") },
      { sandboxId: newId("sandbox") },
    ];
    for (const other of others) {
      const result = await box.stub.listFiles({ ...box.binding, ...other }, ".");
      expect(result).toMatchObject({ ok: false, problem: { code: "not_found" } });
    }
  });

  test("SB9 without a driver every call that needs a machine is unavailable", async () => {
    const box = await makeTestSandbox();
    await box.setDeps({ driver: () => null, driverName: "cloudflare" });
    expect(await box.stub.start(box.binding)).toMatchObject({ ok: false, problem: { code: "unavailable" } });
    expect(taken(await box.stub.status(box.binding))).toMatchObject({ state: "none", driver: "cloudflare" });
  });
});

describe("reports", () => {
  test("SB10 states are reported in order, and what was not taken is offered again", async () => {
    const box = await makeTestSandbox({ repository: false });
    let now = Date.now();
    let offered = 0;
    const accepted: SandboxReport[] = [];
    await box.setDeps({
      now: () => now,
      report: async (_binding, report) => {
        offered += 1;
        if (offered === 1) throw new Error("the conversation is away");
        if (offered === 2) return fail("unavailable", "not yet");
        accepted.push(report);
        return ok(null);
      },
    });
    await box.stub.start(box.binding);
    await until(async () => {
      now += 120_000;
      await box.alarm();
      return accepted.length === 2;
    });
    expect(accepted).toMatchObject([
      { type: "sandbox.changed", sandbox: { state: "provisioning" } },
      { type: "sandbox.changed", sandbox: { state: "ready" } },
    ]);
    expect(offered).toBe(4);
  });

  test("SB11 changes are reported once they differ, and commits and pushes when they are made", async () => {
    const box = await makeTestSandbox();
    await box.run("ls");
    const changed = () => box.reports.filter((one) => one.type === "changes.changed");
    await box.write("notes.md", "one\n");
    await until(() => changed().length > 0);
    await box.run("cat notes.md");
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(changed().at(-1)).toEqual({ type: "changes.changed", files: 1 });
    const before = changed().length;
    await box.write("notes.md", "two\n");
    await until(() => changed().length === before + 1);
    const branch = `work-${crypto.randomUUID()}`;
    const made = taken(await box.stub.commit(box.binding, { message: "Notes", branch, author: { name: "Ann" } }));
    taken(await box.stub.push(box.binding, {}));
    await until(() => box.reports.some((one) => one.type === "git.pushed"));
    expect(box.reports.filter((one) => one.type.startsWith("git."))).toEqual([
      { type: "git.committed", commit: made.commit, branch, message: "Notes", files: 1 },
      { type: "git.pushed", commit: made.commit, branch },
    ]);
  });
});

describe("commands", () => {
  test("SB12 a command streams start, output and exit as NDJSON", async () => {
    const box = await makeTestSandbox({ repository: false });
    const lines = await linesOf(await box.exec({ argv: ["echo", "$HOME"], execId: "one", timeoutMs: 5_000 }));
    expect(lines).toEqual([
      { type: "start", execId: "one" },
      { type: "stdout", data: "$HOME\n" },
      { type: "exit", exitCode: 0, signal: null, timedOut: false, durationMs: expect.any(Number) },
    ]);
    const large = await box.run("head -c 10485760 /dev/zero | tr '\\0' x");
    expect(large.stdout.length).toBe(10_485_760);
    expect(large.end).toMatchObject({ type: "exit", exitCode: 0 });
  });

  test("SB12 a reader that leaves does not end the command", async () => {
    const box = await makeTestSandbox({ repository: false });
    const stream = await box.exec({ command: "sleep 0.5; echo done > left.txt", timeoutMs: 5_000 });
    await stream.cancel();
    await until(async () => (await box.stub.readFile(box.binding, "left.txt")).ok);
    await until(async () => taken(await box.stub.status(box.binding)).state === "ready");
  });

  test("SB13 a time-out and a kill end the whole tree", async () => {
    const box = await makeTestSandbox({ repository: false });
    expect((await box.run("setsid sleep 2002 & sleep 2002", 300)).end).toMatchObject({ type: "exit", timedOut: true });
    const stream = await box.exec({ command: "sleep 2003 & sleep 2003", execId: "tree", timeoutMs: 60_000 });
    const startedAt = Date.now();
    expect(await box.stub.kill(box.binding, "tree")).toEqual({ ok: true, value: null });
    expect((await linesOf(stream)).at(-1)).toMatchObject({ type: "exit", signal: "SIGKILL", timedOut: false });
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(await box.stub.kill(box.binding, "never-seen")).toEqual({ ok: true, value: null });
  });

  test("SB14 when the machine goes away the last line is an error", async () => {
    const box = await makeTestSandbox({ repository: false });
    const stream = await box.exec({ command: "sleep 2004", timeoutMs: 60_000 });
    const driver = directDriver(box);
    await driver.open();
    await driver.close();
    expect((await linesOf(stream)).at(-1)).toMatchObject({ type: "error" });
    expect((await box.run("echo again")).stdout).toBe("again\n");
  });

  test("SB15 a command knows its conversation, the gateways and a sandbox token", async () => {
    const box = await makeTestSandbox();
    await box.run("env > given.txt");
    const file = taken(await box.stub.readFile(box.binding, "given.txt"));
    const stdout = new TextDecoder().decode(file.bytes);
    const given = Object.fromEntries(stdout.split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2)));
    expect(given).toMatchObject({
      QUAYSIDE_CONVERSATION_ID: box.binding.conversationId,
      QUAYSIDE_GATEWAY_URL: "http://llm.localhost:8787",
      QUAYSIDE_GIT_URL: "http://git.localhost:8787",
    });
    expect(await verifySandboxToken(testEnv, given.QUAYSIDE_TOKEN ?? "")).toEqual({
      kind: "sandbox",
      orgId: box.binding.orgId,
      conversationId: box.binding.conversationId,
      sandboxId: box.binding.sandboxId,
      repositoryId: box.binding.repository?.id,
    });
    expect(stdout).not.toContain(testEnv.SANDBOX_HOST_SECRET);
    expect(Object.keys(given).filter((name) => /^(GIT_CONFIG|npm_|VITEST|SECRETS_KEY)/.test(name))).toEqual([]);
  });

  test("SB28 no line of a command shows the token it was given, nor does a terminal", async () => {
    const box = await makeTestSandbox();
    const token = await tokenIn(box);
    expect(await verifySandboxToken(testEnv, token)).not.toBeNull();
    const slowly = `head -c 40 token.txt; sleep 0.3; tail -c +41 token.txt; echo; printf eyJ`;
    const { lines, stdout, stderr } = await box.run(`env; env >&2; cat token.txt; echo; ${slowly}`);
    expect(JSON.stringify(lines)).not.toContain(token);
    expect(stdout).toMatch(/^QUAYSIDE_TOKEN=\[sandbox token\]$/m);
    expect(stderr).toMatch(/^QUAYSIDE_TOKEN=\[sandbox token\]$/m);
    expect(stdout).toMatch(/\n\[sandbox token\]\n\[sandbox token\]\neyJ$/);

    const headers = { upgrade: "websocket", "x-quayside-binding": JSON.stringify(box.binding), ...OWNED };
    const { webSocket } = await box.stub.fetch("http://sandbox/terminal?cols=1000", { headers });
    const { socket, shown } = watchTerminal(webSocket);
    socket.send(new TextEncoder().encode("env; echo $((1+1))nd\n"));
    await until(() => shown().includes("2nd"));
    expect(shown()).toContain("QUAYSIDE_TOKEN=[sandbox token]");
    expect(shown()).not.toContain(token);
    socket.close(1000);
  });

  test("SB28 a hook that prints its environment does not show the token of a push or commit, nor does the log", async () => {
    const box = await makeTestSandbox();
    const logged: unknown[] = [];
    const secret = await tokenIn(box);
    await box.setDeps({
      remote: async () => ({ ...testRemote("pocket-links"), env: { HELD: secret } }),
      log: (...args) => void logged.push(args),
    });
    await box.run(
      "mkdir -p .git/hooks; for hook in pre-commit pre-push; do printf '#!/bin/sh\\ncat token.txt >&2; echo \"! x ($HELD)\"; echo $HELD >&2; exit 1\\n' > .git/hooks/$hook; chmod +x .git/hooks/$hook; done",
    );
    const commit = await box.stub.commit(box.binding, { message: "x", author: { name: "Ann" } });
    const push = await box.stub.push(box.binding, {});
    expect([commit.ok, push.ok]).toEqual([false, false]);
    expect(JSON.stringify([commit, push, logged])).not.toContain(secret);
    expect(JSON.stringify([commit, push, logged])).toContain("[sandbox token]");
  });

  test("SB16 a command whose end was missed is found ended by the alarm", async () => {
    const box = await makeTestSandbox({ repository: false });
    const { SANDBOX_HOST_URL: url = "", SANDBOX_HOST_SECRET: secret = "" } = testEnv;
    await box.setDeps({
      driver: ({ orgId, sandboxId }, lease) => ({
        ...createLocalDriver({ url, secret, orgId, sandboxId, lease }),
        execStream: async () => new ReadableStream(),
      }),
    });
    await box.exec({ command: "true", timeoutMs: 60_000 });
    // The report of "busy" may set the alarm off before anybody can look.
    await until(async () => {
      await box.alarm();
      return box.states().join(" ") === "provisioning ready busy ready";
    });
    expect(taken(await box.stub.status(box.binding)).state).toBe("ready");
  });
});

const OWNED = { "x-quayside-owner": '{"memberId":"mem_1"}' };

describe("terminals", () => {
  test("SB29 a terminal is closed with its session or member, and those of others stay", async () => {
    const box = await makeTestSandbox({ repository: false });
    const binding = JSON.stringify(box.binding);
    const codes = new Map<string, number>();
    for (const owner of [{ memberId: "a", sessionId: "1" }, { memberId: "a", sessionId: "2" }, { memberId: "b" }]) {
      const own = { "x-quayside-binding": binding, "x-quayside-owner": JSON.stringify(owner) };
      const { webSocket } = await box.stub.fetch("http://sandbox/terminal", {
        headers: { upgrade: "websocket", ...own },
      });
      webSocket?.addEventListener("close", ({ code }) => codes.set(JSON.stringify(owner), code));
      webSocket?.accept();
    }
    const { orgId } = box.binding;
    await box.stub.closeTerminals("org_other", { memberId: "a" }).then(({ ok }) => expect(ok).toBe(false));
    taken(await box.stub.closeTerminals(orgId, { memberId: "a", sessionId: "2" }));
    await until(() => codes.size === 1);
    taken(await box.stub.closeTerminals(orgId, { memberId: "a" }));
    await until(() => codes.size === 2);
    expect([...codes]).toEqual([
      ['{"memberId":"a","sessionId":"2"}', 4401],
      ['{"memberId":"a","sessionId":"1"}', 4401],
    ]);
    taken(await box.stub.closeTerminals(orgId, { memberId: "b" }));
  });

  test("SB4 a terminal in use keeps the sandbox up, and one that is only open does not", async () => {
    const box = await makeTestSandbox({ repository: false });
    const headers = { upgrade: "websocket", "x-quayside-binding": JSON.stringify(box.binding), ...OWNED };
    const { webSocket } = await box.stub.fetch("http://sandbox/terminal", { headers });
    const { socket, shown } = watchTerminal(webSocket);
    await until(() => shown().includes('{"type":"ready"}'));
    const openedAt = Date.now();
    const stateAt = async (minutes: number) => {
      await box.setDeps({ now: () => openedAt + minutes * 60_000 });
      await box.alarm();
      return taken(await box.stub.status(box.binding)).state;
    };
    expect(await stateAt(20)).toBe("ready");
    socket.send(new TextEncoder().encode("echo $((1+1))nd\n"));
    await until(() => shown().includes("2nd"));
    expect(await stateAt(45)).toBe("ready");
    expect(await stateAt(51)).toBe("stopped");
    expect(await stateAt(52)).toBe("stopped");
  });

  test("SB25 a terminal is opened by its binding and is kept while nobody watches", async () => {
    const box = await makeTestSandbox({ repository: false });
    const open = async () => {
      const headers = { upgrade: "websocket", "x-quayside-binding": JSON.stringify(box.binding), ...OWNED };
      const { webSocket, status } = await box.stub.fetch("http://sandbox/terminal?cols=77&rows=22", { headers });
      expect(status).toBe(101);
      return watchTerminal(webSocket);
    };
    const first = await open();
    await until(() => first.shown().includes('{"type":"ready"}'));
    first.socket.send(new TextEncoder().encode("stty size; echo $QUAYSIDE_CONVERSATION_ID\n"));
    await until(() => first.shown().includes("22 77") && first.shown().includes(`${box.binding.conversationId}\r`));
    first.socket.close(1000);
    const second = await open();
    await until(() => second.shown().includes("22 77"));
    second.socket.close(1000);
    const refused = await box.stub.fetch("http://sandbox/terminal", { headers: { upgrade: "websocket" } });
    expect(refused.status).toBe(404);
  });
});
