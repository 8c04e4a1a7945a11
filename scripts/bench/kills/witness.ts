import { WebSocket } from "ws";
import type { Envelope } from "#contract/event";
import type { ServerFrame } from "#contract/frame";
import type { Product } from "../serving/product.ts";

const AGAIN_MS = 40;

/** A viewer that comes back by its cursor whatever happens, and writes down each event that does not follow the last. */
export class Witness {
  readonly seen: Envelope[] = [];
  readonly wrong: string[] = [];
  readonly #url: string;
  #socket: WebSocket | null = null;
  #over = false;

  constructor(product: Product, id: string) {
    this.#url = `${product.origin.replace("http", "ws")}/api/conversations/${id}/socket`;
    this.#connect();
  }

  /** The seq of the last event it has. */
  get seq(): number {
    return this.seen.at(-1)?.seq ?? 0;
  }

  /** Loses the connection without a word. */
  drop(): void {
    this.#socket?.terminate();
  }

  end(): void {
    this.#over = true;
    this.#socket?.terminate();
  }

  #connect(): void {
    if (this.#over) return;
    const socket = new WebSocket(`${this.#url}?since=${this.seq}`, {
      perMessageDeflate: false,
      handshakeTimeout: 3_000,
    });
    this.#socket = socket;
    socket.on("message", (data) => {
      if (this.#socket === socket) this.#take(JSON.parse(String(data)) as ServerFrame);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => setTimeout(() => this.#connect(), AGAIN_MS));
  }

  #take(frame: ServerFrame): void {
    if (frame.type !== "events") return;
    for (const one of frame.events) {
      if (one.seq !== this.seq + 1) this.wrong.push(`a viewer got event ${one.seq} after ${this.seq}`);
      this.seen.push(one);
    }
  }
}
