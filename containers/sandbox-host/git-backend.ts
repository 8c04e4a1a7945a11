import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { createGunzip } from "node:zlib";
import { HostError } from "./host-error.ts";

const SERVICE_PATHS = ["/info/refs", "/git-upload-pack", "/git-receive-pack"];
const REPOSITORY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.git$/;
const HEADER_BYTES = 64 * 1024;

/** Hooks of a served repository would run outside of any sandbox; ownership is judged by the allowed directories. */
const GIT_CONFIG = [
  ["http.receivepack", "true"],
  ["core.hooksPath", "/dev/null"],
  ["safe.directory", "*"],
] as const;

export interface GitRequest {
  /** Directory of the repository. */
  repository: string;
  /** `/info/refs`, `/git-upload-pack` or `/git-receive-pack`. */
  service: string;
  /** Query without its `?`. */
  query: string;
}

/** The repository `{name}.git` of the git root; `not_found` where there is none. */
export async function namedRepository(gitRoot: string, name: string): Promise<string> {
  if (!REPOSITORY_NAME.test(name)) throw notFound();
  return repositoryAt(path.join(gitRoot, name));
}

/** A repository by its path, which must lie below an allowed directory; `not_found` otherwise. */
export async function allowedRepository(allowed: string[], requested: string): Promise<string> {
  if (!path.isAbsolute(requested)) throw notFound();
  const real = await realpath(requested).catch(() => null);
  if (real === null) throw notFound();
  const roots = await Promise.all(allowed.map((one) => realpath(one).catch(() => null)));
  const inside = roots.some((root) => root !== null && (real === root || real.startsWith(`${root}${path.sep}`)));
  if (!inside) throw notFound();
  return repositoryAt(existsSync(path.join(real, ".git", "HEAD")) ? path.join(real, ".git") : real);
}

async function repositoryAt(directory: string): Promise<string> {
  const parts = ["HEAD", "objects", "refs"].map((name) => path.join(directory, name));
  if (parts.every((one) => existsSync(one))) return directory;
  throw notFound();
}

function notFound(): HostError {
  return new HostError("not_found", "There is no such repository.");
}

/** Serves git's smart HTTP protocol through `git http-backend` (gitprotocol-http), streaming both ways. */
export function serveGit(incoming: IncomingMessage, outgoing: ServerResponse, request: GitRequest): void {
  if (!SERVICE_PATHS.includes(request.service)) throw notFound();
  const child = spawn("git", ["http-backend"], {
    env: cgiEnvironment(incoming, request),
    stdio: ["pipe", "pipe", "ignore"],
  });
  const body = incoming.headers["content-encoding"] === "gzip" ? incoming.pipe(createGunzip()) : incoming;
  body.on("error", () => child.kill("SIGKILL"));
  child.stdin.on("error", () => undefined);
  body.pipe(child.stdin);
  outgoing.once("close", () => child.kill("SIGKILL"));
  child.on("error", () => fail(outgoing));
  let head = Buffer.alloc(0);
  const readHead = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      if (head.byteLength > HEADER_BYTES) child.kill("SIGKILL");
      return;
    }
    child.stdout.off("data", readHead);
    writeHead(outgoing, head.subarray(0, end).toString("latin1"));
    outgoing.write(head.subarray(end + 4));
    child.stdout.pipe(outgoing);
  };
  child.stdout.on("data", readHead);
  child.once("close", () => fail(outgoing));
}

/** The CGI environment (RFC 3875), made from nothing. */
function cgiEnvironment(incoming: IncomingMessage, request: GitRequest): Record<string, string> {
  const config = Object.fromEntries(
    GIT_CONFIG.flatMap(([key, value], at) => [
      [`GIT_CONFIG_KEY_${at}`, key],
      [`GIT_CONFIG_VALUE_${at}`, value],
    ]),
  );
  return {
    ...config,
    GIT_CONFIG_COUNT: String(GIT_CONFIG.length),
    GIT_CONFIG_NOSYSTEM: "1",
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    LANG: "C.UTF-8",
    HOME: "/nonexistent",
    GIT_PROJECT_ROOT: path.dirname(request.repository),
    PATH_INFO: `/${path.basename(request.repository)}${request.service}`,
    GIT_HTTP_EXPORT_ALL: "1",
    GIT_PROTOCOL: String(incoming.headers["git-protocol"] ?? ""),
    REQUEST_METHOD: incoming.method ?? "GET",
    QUERY_STRING: request.query,
    CONTENT_TYPE: incoming.headers["content-type"] ?? "",
    REMOTE_ADDR: "127.0.0.1",
    REMOTE_USER: "quayside",
  };
}

function writeHead(outgoing: ServerResponse, text: string): void {
  let status = 200;
  const headers: Record<string, string> = {};
  for (const line of text.split("\r\n")) {
    const [name = "", ...rest] = line.split(":");
    const value = rest.join(":").trim();
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else headers[name.toLowerCase()] = value;
  }
  outgoing.writeHead(status, headers);
}

function fail(outgoing: ServerResponse): void {
  if (!outgoing.headersSent) outgoing.writeHead(500, { "content-type": "text/plain" }).end("git http-backend failed\n");
  else if (!outgoing.writableEnded) outgoing.end();
}
