import { type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

const HOP_HEADERS = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade"];

export interface PortTarget {
  port: number;
  /** Path and query as the server in the sandbox sees them. */
  path: string;
}

/** Passes an HTTP request to a server on a port of the sandbox and streams the answer; 502 where nobody listens. */
export function proxyHttp(incoming: IncomingMessage, outgoing: ServerResponse, target: PortTarget): void {
  const upstream = request(optionsOf(incoming, target, HOP_HEADERS), (answer) => {
    const headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !HOP_HEADERS.includes(name)));
    outgoing.writeHead(answer.statusCode ?? 502, headers);
    answer.pipe(outgoing);
    answer.on("error", () => outgoing.destroy());
  });
  upstream.on("error", () => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502, { "content-type": "text/plain" }).end("Nothing answers on this port.\n");
  });
  outgoing.once("close", () => upstream.destroy());
  incoming.pipe(upstream);
}

/** Passes a WebSocket upgrade to a server on a port of the sandbox and joins the two sockets. */
export function proxyUpgrade(incoming: IncomingMessage, socket: Duplex, target: PortTarget): void {
  const upstream = request(optionsOf(incoming, target, []));
  upstream.once("upgrade", (answer, remote, head) => {
    const lines = [`HTTP/1.1 101 ${answer.statusMessage ?? "Switching Protocols"}`];
    for (let at = 0; at < answer.rawHeaders.length; at += 2) {
      lines.push(`${answer.rawHeaders[at]}: ${answer.rawHeaders[at + 1]}`);
    }
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    if (head.length > 0) socket.write(head);
    for (const [from, to] of [
      [remote, socket],
      [socket, remote],
    ] as const) {
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.once("close", () => to.destroy());
    }
  });
  const refuse = () => socket.end("HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  upstream.once("response", refuse);
  upstream.on("error", refuse);
  upstream.end();
}

/** The host's own secret and headers stay here; the server sees its own address as the host. */
function optionsOf(incoming: IncomingMessage, target: PortTarget, dropped: string[]) {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(
      ([name]) => !name.startsWith("x-quayside-") && name !== "host" && !dropped.includes(name),
    ),
  );
  return {
    host: "127.0.0.1",
    port: target.port,
    method: incoming.method,
    path: target.path,
    headers: { ...headers, host: `localhost:${target.port}` },
  };
}
