import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startSandboxHost, type TestHost } from "../../scripts/testing/start-sandbox-host.ts";

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

const SANDBOX = "/sandboxes/org_a/sbx_a";

async function call(host: TestHost, path: string, options: { body?: unknown; lease?: string; method?: string } = {}) {
  const response = await fetch(host.url + path, {
    method: options.method ?? "POST",
    headers: { "x-quayside-host-secret": host.secret, "x-quayside-lease": options.lease ?? "" },
    body: options.method === "GET" ? undefined : JSON.stringify(options.body ?? {}),
  });
  return { status: response.status, text: await response.text() };
}

async function open(host: TestHost, sandbox = SANDBOX): Promise<string> {
  return JSON.parse((await call(host, `${sandbox}/open`)).text).lease;
}

async function run(host: TestHost, command: string, lease: string): Promise<string> {
  const { text } = await call(host, `${SANDBOX}/exec`, { body: { command }, lease });
  const events = text.split("\n\n").flatMap((one) => (one === "" ? [] : [JSON.parse(one.slice(6))]));
  return events.map((one) => (one.type === "stdout" ? one.data : "")).join("");
}

/** Processes of this machine whose command line holds a text. */
function processesWith(text: string): string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const argv = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      return argv.join(" ").startsWith(text);
    } catch {
      return false;
    }
  });
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function rawStatus(host: TestHost, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${host.url}/health`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

describe("sandbox host", () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startSandboxHost({ env: { HOST_ONLY_SECRET: "leaks-if-inherited" } });
  });
  afterAll(() => host.stop());

  test("every request needs the secret, and a loopback host name", async () => {
    expect(await rawStatus(host, {})).toBe(401);
    expect(await rawStatus(host, { "x-quayside-host-secret": `${host.secret}x` })).toBe(401);
    expect(await rawStatus(host, { "x-quayside-host-secret": host.secret, host: "rebound.example" })).toBe(404);
    expect(await rawStatus(host, { "x-quayside-host-secret": host.secret })).toBe(200);
  });

  test("names that would leave the root are no sandboxes", async () => {
    for (const name of ["/sandboxes/org_a/%2e%2e", "/sandboxes/..%2f..%2fx/sbx_a", "/sandboxes/org_a/a.b"]) {
      expect((await call(host, `${name}/open`)).status).toBe(404);
    }
  });

  test.runIf(existsSync("/usr/bin/bwrap"))("an isolated command sees its own files and processes only", async () => {
    if (host.isolation !== "bubblewrap") return expect(host.errors()).toContain("bubblewrap does not work");
    const lease = await open(host);
    const seen = await run(
      host,
      `pwd; env; ls ${process.cwd()} ${host.directory} 2>/dev/null; echo $(ls /proc | grep -c '^[0-9]')`,
      lease,
    );
    expect(seen).toMatch(/^\/workspace\n/);
    expect(seen).not.toMatch(/leaks-if-inherited|test-secret|package\.json|sandboxes/);
    expect(Number(seen.trim().split("\n").at(-1))).toBeLessThan(10);
    expect(await run(host, "touch /usr/x /etc/x /x 2>/dev/null || echo refused", lease)).toBe("refused\n");
    expect(await run(host, "touch ~/x /tmp/x x && echo allowed; id -un", lease)).toBe("allowed\nsandbox\n");
  });

  test("a directory swapped for a link while it is read never leads out", async () => {
    const lease = await open(host);
    await run(host, "mkdir -p real && echo inside > real/hostname && ln -s /etc away && ln -s real spot", lease);
    const swapping = run(host, "timeout 2 bash -c 'while :; do ln -sfn away spot; ln -sfn real spot; done'", lease);
    const answers = new Set<string>();
    for (let round = 0; round < 300; round++) {
      answers.add((await call(host, `${SANDBOX}/files/content?path=spot/hostname`, { method: "GET", lease })).text);
    }
    await swapping;
    const odd = [...answers].filter((one) => one !== "inside\n" && !one.startsWith('{"code":'));
    expect(odd).toEqual([]);
    expect(answers.has("inside\n")).toBe(true);
  });

  test("loader variables are refused", async () => {
    const lease = await open(host);
    const body = { command: "true", env: { LD_PRELOAD: "/x.so" } };
    expect(await call(host, `${SANDBOX}/exec`, { body, lease })).toMatchObject({ status: 400 });
  });

  test("destroy leaves no directory and no process", async () => {
    const sandbox = "/sandboxes/org_b/sbx_b";
    const lease = await open(host, sandbox);
    await call(host, `${sandbox}/processes`, { body: { command: "setsid sleep 4001 & sleep 4001" }, lease });
    await until(() => processesWith("sleep 4001").length === 2);
    expect(existsSync(`${host.root}/org_b/sbx_b/workspace`)).toBe(true);
    expect((await call(host, `${sandbox}/destroy`)).status).toBe(200);
    expect(existsSync(`${host.root}/org_b/sbx_b`)).toBe(false);
    await until(() => processesWith("sleep 4001").length === 0);
  });
});

describe.each(["auto", "none"])("the end of the host (isolation %s)", (isolation) => {
  const sleeps = isolation === "auto" ? "sleep 4002" : "sleep 4003";
  const start = async () => {
    const host = await startSandboxHost({ env: { SANDBOX_ISOLATION: isolation } });
    const lease = await open(host);
    await call(host, `${SANDBOX}/processes`, { body: { command: `setsid ${sleeps} & ${sleeps}` }, lease });
    await until(() => processesWith(sleeps).length === 2);
    return { host, lease };
  };

  test("SIGTERM ends everything it started", async () => {
    const { host } = await start();
    await host.stop();
    await until(() => processesWith(sleeps).length === 0);
  });

  test("a closed standard input, as of a parent that died, ends it", async () => {
    const { host } = await start();
    host.child.stdin?.end();
    await until(() => host.child.exitCode === 0);
    await until(() => processesWith(sleeps).length === 0);
    await host.stop();
  });

  test("what a killed host left behind ends, at the latest with the next start", async () => {
    const { host } = await start();
    host.child.kill("SIGKILL");
    await until(() => host.child.signalCode !== null);
    const env = { SANDBOX_ISOLATION: isolation };
    const next = await startSandboxHost({ directory: host.directory, env });
    await until(() => processesWith(sleeps).length === 0);
    await next.stop();
  });

  test("kill ends a tree that left its group and session", async () => {
    const { host, lease } = await start();
    const list = JSON.parse((await call(host, `${SANDBOX}/processes`, { method: "GET", lease })).text);
    await call(host, `${SANDBOX}/processes/kill`, { body: { id: list.processes[0].id }, lease });
    await until(() => processesWith(sleeps).length === 0);
    await host.stop();
  });
});

describe("without isolation", () => {
  test("it warns, keeps the environment clean, and refuses paths that lead out", async () => {
    const host = await startSandboxHost({ env: { SANDBOX_ISOLATION: "none", HOST_ONLY_SECRET: "leaks-if-inherited" } });
    const lease = await open(host);
    expect(host.errors()).toMatch(/^warning: bubblewrap does not work/);
    const seen = await run(host, "pwd; env; node --version", lease);
    expect(seen.split("\n")[0]).toBe(`${host.root}/org_a/sbx_a/workspace`);
    expect(seen).toContain(process.version);
    expect(seen).not.toMatch(/leaks-if-inherited|test-secret/);
    await run(host, "ln -s /etc out", lease);
    const read = await call(host, `${SANDBOX}/files/content?path=out/passwd`, { method: "GET", lease });
    expect(JSON.parse(read.text)).toMatchObject({ code: "invalid", field: "path" });
    await host.stop();
  });

  test("a bad environment is one clear sentence", async () => {
    await expect(startSandboxHost({ secret: "short" })).rejects.toThrow("SANDBOX_HOST_SECRET must have at least 32");
  });
});

describe("sandbox host of a machine that is one sandbox", () => {
  let host: TestHost;
  let directory = "";
  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), "quayside-only-"));
    mkdirSync(`${directory}/workspace`);
    host = await startSandboxHost({ env: { SANDBOX_ISOLATION: "none", SANDBOX_ONLY_DIRECTORY: directory } });
  });
  afterAll(async () => {
    await host.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test("its workspace is where the machine has it, and an empty one is new", async () => {
    const first = JSON.parse((await call(host, `${SANDBOX}/open`)).text);
    expect(first).toMatchObject({ created: true, workspace: `${directory}/workspace` });
    expect(await run(host, "pwd; echo $HOME; echo x > kept.txt", first.lease)).toBe(
      `${directory}/workspace\n${directory}/home\n`,
    );
    await call(host, `${SANDBOX}/close`);
    expect(JSON.parse((await call(host, `${SANDBOX}/open`)).text)).toMatchObject({ created: false });
    await call(host, `${SANDBOX}/destroy`);
    expect(readdirSync(`${directory}/workspace`)).toEqual([]);
    expect(host.errors()).toBe("");
  });

  test("every answer of the host is marked as its own", async () => {
    for (const at of ["/health", `${SANDBOX}/files`, "/nothing"]) {
      const { headers } = await fetch(host.url + at, { headers: { "x-quayside-host-secret": host.secret } });
      expect(headers.get("x-quayside-host")).toBe("1");
    }
  });
});
