import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { PING, PONG, type ServerFrame } from "#contract/frame";
import { serveWeb } from "../../workers/web/handler.ts";
import { FakeApi } from "./fake-api.ts";

/** Serves the built app on a loopback port with the api in memory: `node app/testing/serve.ts [port]`. */
const port = Number(process.argv[2] ?? 4173);
const fake = new FakeApi();
const key = Buffer.alloc(32, 1).toString("base64");

const env = {
  ENVIRONMENT: "development",
  BASE: `localhost:${port}`,
  AUTH_MODE: "NONE",
  SECRETS_KEY: key,
  TOKEN_KEY: key,
  SANDBOX_DRIVER: "cloudflare",
  ASSETS: { fetch: (request: Request) => clientFile(new URL(request.url).pathname) },
};

const TYPES: Record<string, string> = {
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
};

async function clientFile(pathname: string): Promise<Response> {
  const bytes = await readFile(join("app/build/client", pathname)).catch(() => null);
  if (!bytes) return new Response("not found", { status: 404 });
  return new Response(new Uint8Array(bytes), {
    headers: { "content-type": TYPES[pathname.split(".").at(-1) ?? ""] ?? "application/octet-stream" },
  });
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const headers = new Headers(incoming.headers as Record<string, string>);
  const { method = "GET", url = "/" } = incoming;
  const body = method === "GET" || method === "HEAD" ? null : Buffer.concat(parts);
  return new Request(`http://${incoming.headers.host}${url}`, { method, headers, body });
}

async function answer(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  fake.empty = request.headers.get("cookie")?.includes("fake=empty") ?? searchParams.has("empty");
  if (pathname.startsWith("/api/")) return fake.handle(request);
  return Reflect.apply(serveWeb, null, [
    request,
    { env, api: (one: Request) => fake.handle(one) },
  ]) as Promise<Response>;
}

const server = createServer(async (incoming, outgoing) => {
  const response = await answer(await requestOf(incoming));
  outgoing.writeHead(response.status, [...response.headers].flat());
  for await (const part of response.body ?? []) outgoing.write(part);
  outgoing.end();
});

const sockets = new WebSocketServer({ server });
sockets.on("connection", (socket: WebSocket, request) => {
  const [, conversationId = "", lane = ""] = /conversations\/([^/]+)\/(\w+)/.exec(request.url ?? "") ?? [];
  if (lane === "terminal") serveTerminal(socket);
  else serveEvents(socket, conversationId);
});

function serveEvents(socket: WebSocket, conversationId: string): void {
  const send = (frame: ServerFrame) => socket.send(JSON.stringify(frame));
  const receive = fake.attach(conversationId, send);
  socket.on("message", (data) => {
    const words = String(data);
    if (words === PING) socket.send(PONG);
    else receive(JSON.parse(words));
  });
  socket.on("close", () => fake.detach(conversationId, send));
}

function serveTerminal(socket: WebSocket): void {
  socket.send(JSON.stringify({ type: "ready" }));
  socket.send(Buffer.from("\u001b[32mharbour\u001b[0m $ "));
  socket.on("message", (data, binary) => {
    if (binary) socket.send(Buffer.from(String(data).replaceAll("\r", "\r\n$ ")));
  });
}

server.listen(port, "127.0.0.1", () => process.stdout.write(`http://localhost:${port}\n`));
