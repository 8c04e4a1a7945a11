import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";

/**
 * A viewer that only gathers bytes: a thousand of them must not cost the generator what is to be measured. What they got
 * is compared and parsed when the clock stands.
 */
export class RawViewer {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #tail: Buffer = Buffer.alloc(0);
  #until: { mark: Buffer; settle(): void } | null = null;

  private constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    this.#socket.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#socket.on("error", () => undefined);
    if (head.length > 0) this.#take(head);
  }

  /** Opens a WebSocket and leaves its frames alone. */
  static open(url: string): Promise<RawViewer> {
    const headers = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": randomBytes(16).toString("base64"),
    };
    return new Promise((resolve, reject) => {
      const asked = request(url.replace(/^ws/, "http"), { headers, agent: false });
      asked.once("upgrade", (_response, socket, head) => resolve(new RawViewer(socket as Socket, head)));
      asked.once("response", (response) => reject(new Error(`a viewer was answered ${response.statusCode}`)));
      asked.once("error", reject);
      asked.end();
    });
  }

  /** Forgets what came; what comes from now on counts. */
  reset(): void {
    this.#chunks = [];
    this.#tail = Buffer.alloc(0);
  }

  /** Settles when these bytes have come. */
  has(mark: string): Promise<void> {
    return new Promise((settle) => {
      this.#until = { mark: Buffer.from(mark), settle };
    });
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    const until = this.#until;
    if (!until) return;
    const seen = chunk.includes(until.mark) || Buffer.concat([this.#tail, chunk.subarray(0, 256)]).includes(until.mark);
    this.#tail = chunk.subarray(-256);
    if (!seen) return;
    this.#until = null;
    until.settle();
  }
}

/** The texts of unmasked frames, as servers send them (RFC 6455 §5.2), in order. */
export function framesIn(bytes: Buffer): string[] {
  const texts: string[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const { length, header } = sizeAt(bytes, at);
    if ((bytes.readUInt8(at) & 0x0f) === 1) texts.push(bytes.toString("utf8", at + header, at + header + length));
    at += header + length;
  }
  return texts;
}

function sizeAt(bytes: Buffer, at: number): { length: number; header: number } {
  const short = bytes.readUInt8(at + 1) & 0x7f;
  if (short === 126) return { length: bytes.readUInt16BE(at + 2), header: 4 };
  if (short === 127) return { length: Number(bytes.readBigUInt64BE(at + 2)), header: 10 };
  return { length: short, header: 2 };
}
