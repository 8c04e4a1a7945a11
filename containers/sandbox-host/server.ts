import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import * as commands from "./command-routes.ts";
import * as files from "./file-routes.ts";
import { allowedRepository, namedRepository, serveGit } from "./git-backend.ts";
import { HostError, hostErrorOf } from "./host-error.ts";
import { proxyHttp, proxyUpgrade } from "./port-proxy.ts";
import type { Registry } from "./registry.ts";
import { sendError, sendJson } from "./responses.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Settings } from "./settings.ts";

export const SECRET_HEADER = "x-quayside-host-secret";
export const LEASE_HEADER = "x-quayside-lease";
/** On every answer of the host, so that a driver tells them from what a platform answers in its place. */
export const HOST_HEADER = "x-quayside-host";

const MESSAGE_BYTES = 1024 * 1024;

/** A request about one open sandbox. */
export interface SandboxCall {
  sandbox: Sandbox;
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  query: URLSearchParams;
}

export interface HostContext {
  settings: Settings;
  registry: Registry;
}

const SANDBOX_ROUTES: Record<string, (call: SandboxCall) => Promise<void>> = {
  "POST exec": commands.serveExec,
  "POST processes": commands.serveStart,
  "GET processes": commands.serveList,
  "POST processes/kill": commands.serveKill,
  "GET processes/logs": commands.serveLogs,
  "POST tools/opencode": commands.serveOpenCode,
  "GET files": files.serveListing,
  "GET files/content": files.serveRead,
  "PUT files/content": files.serveWrite,
  "DELETE files/content": files.serveDelete,
  "POST files/mkdir": files.serveMkdir,
  "POST files/rename": files.serveRename,
  "POST clear": files.serveClear,
  "POST env": files.serveEnvironment,
  "GET archive": files.serveArchive,
  "PUT archive": files.serveUnpack,
};

/** The HTTP and WebSocket server of the host; every request must carry the secret and name a loopback host. */
export function createHostServer(context: HostContext): Server {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES, perMessageDeflate: false });
  const server = createServer((incoming, outgoing) => {
    outgoing.setHeader(HOST_HEADER, "1");
    serve(context, incoming, outgoing).catch((error: unknown) => sendError(outgoing, error));
  });
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    try {
      upgrade({ context, sockets }, incoming, { socket, head });
    } catch (error) {
      const problem = hostErrorOf(error);
      socket.end(`HTTP/1.1 ${problem.status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    }
  });
  server.requestTimeout = 0;
  return server;
}

async function serve(context: HostContext, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = authorise(context.settings, incoming);
  const [room = "", ...rest] = url.pathname.slice(1).split("/").map(decode);
  if (room === "health") return sendJson(outgoing, { ok: true, isolation: context.registry.isolation.kind });
  if (room === "git" || room === "git-path") return serveRepository({ context, url, room, rest }, incoming, outgoing);
  if (room !== "sandboxes") throw new HostError("not_found", "Nothing is here.");
  await serveSandbox({ context, url, rest }, incoming, outgoing);
}

async function serveSandbox(
  request: { context: HostContext; url: URL; rest: string[] },
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { registry } = request.context;
  const [org = "", name = "", ...path] = request.rest;
  const action = `${incoming.method} ${path.join("/")}`;
  const whole = WHOLE_ROUTES[action];
  if (whole) return sendJson(outgoing, await whole(registry, org, name));
  const sandbox = registry.find(org, name, leaseOf(incoming));
  if (path[0] === "ports") return proxyHttp(incoming, outgoing, portTarget(request.url));
  const route = SANDBOX_ROUTES[action];
  if (route === undefined) throw new HostError("not_found", "Nothing is here.");
  await route({ sandbox, incoming, outgoing, query: request.url.searchParams });
}

const WHOLE_ROUTES: Record<string, (registry: Registry, org: string, name: string) => Promise<object>> = {
  "POST open": open,
  "POST close": async (registry, org, name) => {
    await registry.close(org, name);
    return {};
  },
  "POST destroy": async (registry, org, name) => {
    await registry.destroy(org, name);
    return {};
  },
};

async function open(registry: Registry, org: string, name: string): Promise<object> {
  const { sandbox, created } = await registry.open(org, name);
  return { lease: sandbox.lease, created, workspace: sandbox.workspacePath, isolation: registry.isolation.kind };
}

function upgrade(
  host: { context: HostContext; sockets: WebSocketServer },
  incoming: IncomingMessage,
  raw: { socket: Duplex; head: Buffer },
): void {
  const url = authorise(host.context.settings, incoming);
  const [room, org = "", name = "", action] = url.pathname.slice(1).split("/").map(decode);
  if (room !== "sandboxes") throw new HostError("not_found", "Nothing is here.");
  const sandbox = host.context.registry.find(org, name, leaseOf(incoming));
  if (action === "ports") {
    proxyUpgrade(incoming, raw.socket, portTarget(url));
    return;
  }
  if (action !== "terminal") throw new HostError("not_found", "Nothing is here.");
  const request = terminalRequest(url.searchParams);
  sandbox.terminals.admit(request.session);
  host.sockets.handleUpgrade(incoming, raw.socket, raw.head, (socket) => sandbox.terminals.connect(socket, request));
}

function terminalRequest(query: URLSearchParams) {
  return {
    session: query.get("session") ?? "main",
    shell: query.get("shell") ?? "/bin/bash",
    cols: dimension(query.get("cols"), 80),
    rows: dimension(query.get("rows"), 24),
  };
}

function dimension(text: string | null, usual: number): number {
  const value = Number(text ?? usual);
  return Number.isInteger(value) && value >= 1 && value <= 1_000 ? value : usual;
}

async function serveRepository(
  request: { context: HostContext; url: URL; room: "git" | "git-path"; rest: string[] },
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { settings } = request.context;
  const [name = "", ...service] = request.rest;
  const repository =
    request.room === "git"
      ? await namedRepository(settings.gitRoot, name)
      : await allowedRepository(settings.gitPaths, Buffer.from(name, "base64url").toString("utf8"));
  serveGit(incoming, outgoing, {
    repository,
    service: `/${service.join("/")}`,
    query: request.url.searchParams.toString(),
  });
}

/** `/sandboxes/{org}/{name}/ports/{port}/{path}?{query}`; a server on a privileged port is none of the sandbox's. */
function portTarget(url: URL): { port: number; path: string } {
  const match = /^\/sandboxes\/[^/]+\/[^/]+\/ports\/(\d{1,5})(\/.*)?$/.exec(url.pathname);
  const port = Number(match?.[1]);
  if (!(port >= 1024 && port <= 65_535)) throw new HostError("invalid", "The port must be from 1024 to 65535.", "port");
  return { port, path: `${match?.[2] ?? "/"}${url.search}` };
}

function authorise(settings: Settings, incoming: IncomingMessage): URL {
  const host = (incoming.headers.host ?? "").replace(/:\d+$/, "");
  if (!["127.0.0.1", "localhost", "[::1]"].includes(host)) throw new HostError("not_found", "Nothing is here.");
  const given = incoming.headers[SECRET_HEADER];
  if (typeof given !== "string" || !equal(given, settings.secret)) {
    throw new HostError("unauthenticated", "The host secret is missing or wrong.");
  }
  return new URL(incoming.url ?? "/", "http://localhost");
}

/** Digests have one length, so that the comparison takes the same time whatever was sent. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function leaseOf(incoming: IncomingMessage): string | null {
  const value = incoming.headers[LEASE_HEADER];
  return typeof value === "string" ? value : null;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HostError("invalid", "The path is not a valid URL.");
  }
}
