import { type Presence, type ServerFrame, serverFrame } from "#contract/frame";
import { type ConversationState, emptyState, evolve, stateOf } from "#domain/conversation/evolve";
import { newId } from "#platform/new-id";
import type { AnyCommand, Rig } from "./rig.ts";

type Answer = Extract<ServerFrame, { type: "ack" | "problem" }>;

/**
 * A viewer as the web app is one: a snapshot at first, then events and deltas, and `since` after a break. It writes down
 * whatever does not fit: a missing or repeated event, a delta beyond the text, a piece that differs, a final text that is
 * not the one it saw grow.
 */
export class TestViewer {
  readonly wrong: string[] = [];
  state: ConversationState = emptyState();
  readonly texts = new Map<string, string>();
  presence: Presence[] = [];
  deltas = 0;
  readonly #rig: Rig;
  #socket: WebSocket | null = null;
  readonly #answers = new Map<string, (answer: Answer) => void>();

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  async connect(): Promise<boolean> {
    this.drop();
    const query = this.state.seq > 0 ? `?since=${this.state.seq}` : "";
    const headers = { upgrade: "websocket" };
    const path = `/api/conversations/${this.#rig.id}/socket${query}`;
    const socket = (await this.#rig.world.fetch(path, { headers }).catch(() => null))?.webSocket;
    if (!socket) return false;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket === socket) this.#take(serverFrame.parse(JSON.parse(String(data))));
    });
    const lost = () => {
      if (this.#socket === socket) this.#socket = null;
    };
    socket.addEventListener("close", lost);
    socket.addEventListener("error", lost);
    socket.accept();
    return true;
  }

  get connected(): boolean {
    return this.#socket !== null;
  }

  drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    try {
      socket?.close(1000, "gone");
    } catch {}
  }

  send(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** A command over the socket, and what came back for it. */
  command(command: AnyCommand): Promise<Answer> {
    const id = crypto.randomUUID();
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.send({ type: "command", id, command: { clientId: newId("request"), ...command } });
    });
  }

  #take(frame: ServerFrame): void {
    if (frame.type === "hello") this.#begin(frame);
    else if (frame.type === "events") for (const one of frame.events) this.#event(one);
    else if (frame.type === "delta") this.#grow(frame.itemId, frame.offset, frame.text);
    else if (frame.type === "presence") this.presence = frame.members;
    else if (frame.type === "ack" || frame.type === "problem") this.#answers.get(frame.id ?? "")?.(frame);
  }

  #begin(frame: Extract<ServerFrame, { type: "hello" }>): void {
    if (frame.snapshot) this.state = stateOf(frame.snapshot);
    this.texts.clear();
    for (const { itemId, text } of frame.live) this.texts.set(itemId, text);
  }

  #event(one: Extract<ServerFrame, { type: "events" }>["events"][number]): void {
    if (one.seq !== this.state.seq + 1) this.wrong.push(`event ${one.seq} after ${this.state.seq}`);
    evolve(this.state, one);
    const { event } = one;
    if (event.type === "item.started" && !this.texts.has(event.item.id)) this.texts.set(event.item.id, event.item.text);
    if (event.type !== "item.completed") return;
    const seen = this.texts.get(event.item.id);
    this.texts.delete(event.item.id);
    const { kind, status, text, id } = event.item;
    const grown = kind === "text" || kind === "reasoning";
    if (!grown || seen === undefined) return;
    const fits = status === "completed" ? text.startsWith(seen) : text.startsWith(seen) || seen.startsWith(text);
    if (!fits) this.wrong.push(`item ${id} ${status}: saw ${JSON.stringify(seen)}, is ${JSON.stringify(text)}`);
  }

  #grow(itemId: string, offset: number, text: string): void {
    this.deltas += 1;
    const have = this.texts.get(itemId);
    if (have === undefined) {
      this.wrong.push(`a delta of ${itemId}, which does not grow`);
      return;
    }
    if (offset > have.length) this.wrong.push(`a gap in ${itemId}: ${have.length} to ${offset}`);
    const known = have.slice(offset, offset + text.length);
    if (!text.startsWith(known)) this.wrong.push(`a piece of ${itemId} differs: ${known} and ${text}`);
    this.texts.set(itemId, have + text.slice(have.length - offset));
  }
}
