import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { upstreamOf } from "#platform/git-upstream";
import { seedDemoRepository } from "../../../scripts/seed-demo-repository.ts";
import { startSandboxHost, type TestHost } from "../../../scripts/testing/start-sandbox-host.ts";
import { type GitGatewayDeps, serveGit } from "./serve.ts";

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

const run = promisify(execFile);
const id = (prefix: string, digit: string) => `${prefix}_${digit.repeat(32)}`;
const MINE = id("rep", "1");
const principal = {
  kind: "sandbox" as const,
  orgId: id("org", "a"),
  conversationId: id("cnv", "a"),
  sandboxId: id("sbx", "a"),
  repositoryId: MINE,
};

/** The gateway's handler behind a real HTTP server, as git meets it. */
function listen(deps: GitGatewayDeps): Promise<Server> {
  const server = createServer(async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const hasBody = incoming.method === "POST";
    const request = new Request(`http://git.localhost${incoming.url}`, {
      method: incoming.method,
      headers: incoming.headers as Record<string, string>,
      body: hasBody ? Readable.toWeb(incoming) : undefined,
      duplex: "half",
    } as RequestInit);
    const response = await serveGit(request, deps);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body) Readable.fromWeb(response.body as never).pipe(outgoing);
    else outgoing.end();
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

describe("git gateway", () => {
  let host: TestHost;
  let server: Server;
  let base = "";
  let cloneUrl: string | null = "quayside-demo:pocket-links";
  const audits: string[] = [];
  let auditLogFails = false;

  beforeAll(async () => {
    host = await startSandboxHost();
    seedDemoRepository(host.gitRoot);
    server = await listen({
      verify: async (token) => (token === "good" ? principal : null),
      cloneUrl: async () => cloneUrl,
      upstream: (url) =>
        upstreamOf(url, {
          environment: "development",
          base: "localhost:8787",
          sandbox: { driver: "local", url: host.url, secret: host.secret },
        }),
      fetch: (url, init) => fetch(url, { ...init, redirect: "manual", duplex: "half" } as RequestInit),
      auditPush: async (who, call) => {
        if (auditLogFails) throw new Error("down");
        audits.push(`before ${who.sandboxId} ${call.action}`);
      },
      log: (who, call, status) => audits.push(`${who.sandboxId} ${call.service} ${call.action} ${status}`),
    });
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    await host.stop();
  });

  const git = (args: string[], token: string | null = "good") => {
    const config = token === null ? [] : ["-c", `http.extraHeader=Authorization: Bearer ${token}`];
    const env = { PATH: process.env.PATH, HOME: host.directory, GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1" };
    return run("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...config, ...args], { env });
  };

  test("real git clones and pushes with its token, 1 MB bodies included", async () => {
    const work = `${host.directory}/work`;
    await git(["clone", "-q", `${base}/${MINE}.git`, work]);
    writeFileSync(
      `${work}/large.txt`,
      Array.from({ length: 250_000 }, (_, at) => `${(at * 7919) % 99_991}`).join("\n"),
    );
    await git(["-C", work, "add", "."]);
    await git(["-C", work, "commit", "-qm", "large"]);
    await git(["-C", work, "push", "-q", "origin", "HEAD:refs/heads/large"]);
    const { stdout } = await git(["-C", work, "ls-remote", "origin", "refs/heads/large"]);
    expect(stdout.split("\t")[0]).toBe((await git(["-C", work, "rev-parse", "HEAD"])).stdout.trim());
    const pushed = audits.filter((one) => one.includes(" git-receive-pack") && !one.includes("info/refs"));
    expect(pushed.slice(0, 2)).toEqual([
      `before ${principal.sandboxId} git-receive-pack`,
      `${principal.sandboxId} git-receive-pack git-receive-pack 200`,
    ]);
    expect(audits.filter((one) => one.startsWith("before")).length).toBe(
      audits.filter((one) => one.endsWith("git-receive-pack 200")).length,
    );
  });

  test("AU10 a push that the audit log does not take reaches no git host; fetching goes on", async () => {
    const work = `${host.directory}/unaudited`;
    await git(["clone", "-q", `${base}/${MINE}.git`, work]);
    auditLogFails = true;
    await expect(git(["-C", work, "push", "-q", "origin", "HEAD:refs/heads/unaudited"])).rejects.toThrow("503");
    expect((await git(["-C", work, "ls-remote", "origin", "refs/heads/unaudited"])).stdout).toBe("");
    auditLogFails = false;
    await git(["-C", work, "push", "-q", "origin", "HEAD:refs/heads/unaudited"]);
  });

  test("without a token git is asked for one; a bad token is refused; another repository is not there", async () => {
    const ask = (repository: string, headers: Record<string, string>) =>
      fetch(`${base}/${repository}.git/info/refs?service=git-upload-pack`, { headers });
    const none = await ask(MINE, {});
    expect([none.status, none.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="Quayside"']);
    const bad = await ask(MINE, { authorization: "Bearer bad" });
    expect([bad.status, bad.headers.get("www-authenticate")]).toEqual([401, null]);
    expect((await ask(id("rep", "2"), { authorization: "Bearer good" })).status).toBe(404);
    await expect(git(["ls-remote", `${base}/${MINE}.git`], null)).rejects.toThrow();
  });

  test.each([
    ["GET", `/${MINE}.git/HEAD`],
    ["GET", `/${MINE}.git/info/refs`],
    ["GET", `/${MINE}.git/info/refs?service=git-upload-archive`],
    ["POST", `/${MINE}.git/info/refs?service=git-upload-pack`],
    ["GET", `/${MINE}.git/git-upload-pack`],
    ["GET", `/${MINE}.git/../../x`],
  ])("%s %s is not part of the protocol", async (method, path) => {
    const response = await fetch(base + path, { method, headers: { authorization: "Bearer good" } });
    expect(response.status).toBe(404);
  });

  test("an upstream that redirects, asks for a password or is no git host passes nothing on", async () => {
    let answer = { status: 302, headers: { location: "http://127.0.0.1:1/" } as Record<string, string> };
    const upstream = createServer((_, response) => response.writeHead(answer.status, answer.headers).end("<script>"));
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    cloneUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/a.git`;
    const ask = async () => {
      const headers = { authorization: "Bearer good" };
      const response = await fetch(`${base}/${MINE}.git/info/refs?service=git-upload-pack`, {
        headers,
        redirect: "manual",
      });
      expect(response.headers.get("www-authenticate") ?? response.headers.get("location")).toBeNull();
      return [response.status, (await response.text()).includes("script")];
    };
    expect(await ask()).toEqual([502, false]);
    answer = { status: 401, headers: { "www-authenticate": "Basic" } };
    expect(await ask()).toEqual([403, false]);
    answer = { status: 200, headers: { "content-type": "text/html" } };
    expect(await ask()).toEqual([502, false]);
    upstream.close();
    upstream.closeAllConnections();
    expect(await ask()).toEqual([502, false]);
    cloneUrl = null;
    expect(await ask()).toEqual([404, false]);
    cloneUrl = "quayside-demo:pocket-links";
  });
});
