import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DEMO_REPOSITORY, seedDemoRepository } from "../../scripts/seed-demo-repository.ts";
import { startSandboxHost, type TestHost } from "../../scripts/testing/start-sandbox-host.ts";

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

const run = promisify(execFile);

describe("git over the sandbox host", () => {
  let host: TestHost;
  let allowed = "";
  beforeAll(async () => {
    host = await startSandboxHost();
    seedDemoRepository(host.gitRoot);
    allowed = `${host.directory}/allowed`;
    mkdirSync(allowed);
  });
  afterAll(() => host.stop());

  const git = (args: string[], secret = host.secret) => {
    const config = [
      "-c",
      `http.extraHeader=x-quayside-host-secret: ${secret}`,
      "-c",
      "user.name=t",
      "-c",
      "user.email=t@t",
    ];
    const env = { PATH: process.env.PATH, HOME: host.directory, GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1" };
    return run("git", [...config, ...args], { env });
  };
  const url = () => `${host.url}/git/${DEMO_REPOSITORY}.git`;

  test("the demo repository is cloned and pushed to", async () => {
    const work = `${host.directory}/work`;
    await git(["clone", "-q", url(), work]);
    expect(existsSync(`${work}/src/links.js`)).toBe(true);
    writeFileSync(`${work}/large.txt`, Array.from({ length: 300_000 }, (_, at) => `${at * 7919}`).join("\n"));
    await git(["-C", work, "add", "."]);
    await git(["-C", work, "commit", "-qm", "large"]);
    await git(["-C", work, "push", "-q", "origin", "HEAD:refs/heads/large"]);
    const { stdout: here } = await git(["-C", work, "rev-parse", "HEAD"]);
    const { stdout: there } = await git(["ls-remote", url(), "refs/heads/large"]);
    expect(there.split("\t")[0]).toBe(here.trim());
  });

  test("hooks of a served repository do not run", async () => {
    const hook = `${host.gitRoot}/${DEMO_REPOSITORY}.git/hooks/pre-receive`;
    mkdirSync(`${host.gitRoot}/${DEMO_REPOSITORY}.git/hooks`, { recursive: true });
    writeFileSync(hook, `#!/bin/sh\ntouch ${host.directory}/hook-ran\nexit 1\n`, { mode: 0o755 });
    const work = `${host.directory}/hooks`;
    await git(["clone", "-q", url(), work]);
    await git(["-C", work, "commit", "-q", "--allow-empty", "-m", "x"]);
    await git(["-C", work, "push", "-q", "origin", "HEAD:refs/heads/hooks"]);
    expect(existsSync(`${host.directory}/hook-ran`)).toBe(false);
  });

  test("a zipped request is understood", async () => {
    const response = await fetch(`${url()}/git-upload-pack`, {
      method: "POST",
      headers: {
        "x-quayside-host-secret": host.secret,
        "content-type": "application/x-git-upload-pack-request",
        "content-encoding": "gzip",
        "git-protocol": "version=2",
      },
      body: gzipSync("0014command=ls-refs\n0000"),
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("refs/heads/main");
  });

  test("without the secret, and for what is no repository, there is nothing", async () => {
    await expect(git(["ls-remote", url()], "wrong")).rejects.toThrow();
    for (const name of ["nothing.git", "..git", "%2e%2e%2fx.git", "a%2fb.git"]) {
      const response = await fetch(`${host.url}/git/${name}/info/refs?service=git-upload-pack`, {
        headers: { "x-quayside-host-secret": host.secret },
      });
      expect(response.status).toBe(404);
    }
  });

  test("repositories are served by their path only below the allowed directories", async () => {
    const byPath = (path: string) => `git-path/${Buffer.from(path).toString("base64url")}`;
    const repository = `${host.gitRoot}/${DEMO_REPOSITORY}.git`;
    await expect(git(["ls-remote", `${host.url}/${byPath(repository)}`])).rejects.toThrow(/not found/);
    const open = await startSandboxHost({ env: { SANDBOX_GIT_PATHS: allowed } });
    await git(["clone", "-q", "--bare", repository, `${allowed}/one.git`]);
    const { stdout } = await git(["ls-remote", `${open.url}/${byPath(`${allowed}/one.git`)}`]);
    expect(stdout).toContain("refs/heads/main");
    for (const path of [repository, allowed, `${allowed}/../git/${DEMO_REPOSITORY}.git`, "relative"]) {
      await expect(git(["ls-remote", `${open.url}/${byPath(path)}`])).rejects.toThrow(/not found/);
    }
    await open.stop();
  });
});
