import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { newId } from "#platform/new-id";
import type { Backend } from "./backend.ts";
import { LeanBackend } from "./lean.ts";
import { SameCodeBackend } from "./same-code.ts";

/*
 * A small Node server that is asked exactly what the product is asked. `POST /open` makes a fresh conversation; every
 * other request and socket names it.
 */
const spec = z
  .object({
    port: z.number().int(),
    directory: z.string(),
    code: z.enum(["none", "lean", "same"]),
    grouped: z.boolean(),
    durable: z.boolean(),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));

const conversations = new Map<string, Backend>();

async function open(): Promise<{ id: string; runId: string }> {
  const id = newId("conversation");
  const file = join(spec.directory, `${id}.sqlite`);
  if (spec.code === "same") {
    const { backend, runId } = await SameCodeBackend.open(file, id);
    conversations.set(id, backend);
    return { id, runId };
  }
  conversations.set(id, spec.code === "none" ? NOTHING : lean(file));
  return { id, runId: newId("run") };
}

function lean(file: string): Backend {
  return new LeanBackend({ grouped: spec.grouped, ...(spec.durable ? { file } : {}) });
}

/** Acknowledges and does nothing: what it cannot be asked faster, the generator cannot ask. */
const NOTHING: Backend = {
  append: async () => undefined,
  async report(text) {
    return text.includes('"reports":[]') ? [] : ['{"type":"ack","n":1000000000}'];
  },
  attach: (viewer) => viewer.send('{"type":"hello","seq":0,"live":[]}'),
  detach: () => undefined,
  stored: () => 0,
};

function backendOf(request: IncomingMessage): Backend {
  const id = new URL(request.url ?? "/", "http://arm").searchParams.get("id") ?? "";
  const backend = conversations.get(id);
  if (!backend) throw new Error(`no conversation ${id}`);
  return backend;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function answer(request: IncomingMessage): Promise<string> {
  const { pathname } = new URL(request.url ?? "/", "http://arm");
  if (pathname === "/open") return JSON.stringify(await open());
  if (pathname === "/stored") return JSON.stringify({ stored: backendOf(request).stored() });
  await backendOf(request).append(await textOf(request));
  return '{"ok":true}';
}

function serveSocket(socket: WebSocket, request: IncomingMessage): void {
  const backend = backendOf(request);
  if (request.url?.startsWith("/report")) {
    socket.on("message", (data) => {
      void backend.report(String(data)).then((replies) => {
        for (const reply of replies) socket.send(reply);
      });
    });
    return;
  }
  backend.attach(socket);
  socket.on("close", () => backend.detach(socket));
}

const server = createServer((request, response) => {
  answer(request).then(
    (text) => response.writeHead(200, { "content-type": "application/json" }).end(text),
    (error: Error) => response.writeHead(500).end(error.message),
  );
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", serveSocket);
server.listen(spec.port, "127.0.0.1", () => console.log("ready"));
