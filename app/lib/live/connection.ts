import { type Command, type CommandResult, command as commandSchema } from "#contract/command";
import { type ClientFrame, PING, PONG, type Presence, type ServerFrame } from "#contract/frame";
import type { Problem } from "#contract/problem";
import { ApiProblem } from "../api.ts";
import { readFrame } from "./read-frame.ts";

/** `signed_out` and `no_access` are final: the reader has nothing to come back as. */
export type ConnectionState =
  | "connecting"
  | "catching_up"
  | "live"
  | "reconnecting"
  | "offline"
  | "signed_out"
  | "no_access";

/** What a reader whose socket was refused may do; `later`: nobody can say now. */
export type Return = "back" | "later" | "signed_out" | "no_access";

/** What the browser's WebSocket and a test's fake have in common. */
export interface SocketLike {
  send(data: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface ConnectionOptions {
  /** Opens a socket that replays what comes after `since`. */
  open: (since: number) => SocketLike;
  since: () => number;
  onFrame: (frame: ServerFrame) => void;
  onState: (state: ConnectionState) => void;
  /**
   * Asks what this reader is by now, where a socket ended as `unauthenticated` (another role, or nobody any more) or was never
   * attached. Absent: `unauthenticated` is final.
   */
  mayReturn?: () => Promise<Return>;
  /** What the browser says of the network; absent where nobody knows. */
  isOnline?: () => boolean;
  setTimer?: (run: () => void, delayMs: number) => unknown;
  clearTimer?: (timer: unknown) => void;
  random?: () => number;
}

interface Waiting {
  command: Command;
  resolve: (result: CommandResult) => void;
  reject: (problem: ApiProblem) => void;
}

const PING_EVERY_MS = 25_000;
const ANSWER_WITHIN_MS = 10_000;
const ATTACH_WITHIN_MS = 15_000;
const LONGEST_WAIT_MS = 20_000;
const UNAUTHENTICATED = 4401;
/** The conversation is not this reader's to see. */
const NO_ACCESS = new Set([4403, 4404]);

/**
 * One reader's lane to a conversation. It comes back after every loss with the reader's own `since`, and sends a
 * command again until it is answered, always under the same `clientId`: the server does it once.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #waiting = new Map<string, Waiting>();
  #socket: SocketLike | null = null;
  #attached = false;
  #attempts = 0;
  #stopped = true;
  #timer: unknown = null;
  #heartbeat: unknown = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#attempts = 0;
    this.#options.onState("connecting");
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#drop();
    this.#clear();
  }

  /** Tries at once: the network is back, or the person looks at the page again. */
  retryNow(): void {
    if (this.#stopped || this.#socket) return;
    this.#attempts = 0;
    this.#open();
  }

  /** The network is gone; the next `retryNow` or timer tries again. */
  lost(): void {
    if (this.#stopped) return;
    this.#drop();
    this.#options.onState("offline");
    this.#schedule();
  }

  /** Leaves this socket for a new one, so that the reader gets what it lacks. */
  resync(): void {
    if (this.#stopped) return;
    this.#drop();
    this.#options.onState("catching_up");
    this.#open();
  }

  /** Settles when the server answers, however many sockets that takes. */
  command(command: Command): Promise<CommandResult> {
    const checked = commandSchema.parse(command);
    return new Promise((resolve, reject) => {
      this.#waiting.set(checked.clientId, { command: checked, resolve, reject });
      if (this.#attached) this.#sendCommand(checked);
    });
  }

  presence(state: Presence["state"]): void {
    if (this.#attached) this.#send({ type: "presence", state });
  }

  #open(): void {
    this.#clear();
    const socket = this.#options.open(this.#options.since());
    this.#socket = socket;
    this.#heartbeat = this.#later(() => this.#closed(0), ATTACH_WITHIN_MS);
    socket.onopen = () => this.#options.onState("catching_up");
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#closed(event.code);
    };
  }

  #receive(data: unknown): void {
    this.#beat();
    if (typeof data !== "string" || data === PONG) return;
    const frame = readFrame(data);
    if (!frame) return;
    if (frame.type === "ack") this.#settle(frame.id, frame.result);
    else if (frame.type === "problem" && frame.id) this.#refuse(frame.id, frame.problem);
    this.#options.onFrame(frame);
    if (frame.type === "hello") this.#attach();
  }

  #attach(): void {
    this.#attached = true;
    this.#attempts = 0;
    for (const { command } of this.#waiting.values()) this.#sendCommand(command);
  }

  #settle(id: string, result: CommandResult): void {
    this.#waiting.get(id)?.resolve(result);
    this.#waiting.delete(id);
  }

  #refuse(id: string, problem: Problem): void {
    this.#waiting.get(id)?.reject(new ApiProblem(problem, 409));
    this.#waiting.delete(id);
  }

  #closed(code: number): void {
    const doubtful = code === UNAUTHENTICATED || !this.#attached;
    const { mayReturn } = this.#options;
    this.#drop();
    if (NO_ACCESS.has(code)) this.#end("no_access");
    else if (doubtful && mayReturn) void this.#askFirst(mayReturn);
    else if (code === UNAUTHENTICATED) this.#end("signed_out");
    else this.#away();
  }

  #away(): void {
    const offline = this.#attempts > 3 || this.#options.isOnline?.() === false;
    this.#options.onState(offline ? "offline" : "reconnecting");
    this.#schedule();
  }

  /** Comes back by its timer unless the answer is that it may not. */
  async #askFirst(mayReturn: () => Promise<Return>): Promise<void> {
    this.#away();
    const answer = await mayReturn();
    if (this.#stopped || (answer !== "signed_out" && answer !== "no_access")) return;
    this.#drop();
    this.#clear();
    this.#end(answer);
  }

  #end(state: "signed_out" | "no_access"): void {
    this.#stopped = true;
    this.#options.onState(state);
  }

  #schedule(): void {
    const longest = Math.min(500 * 2 ** this.#attempts, LONGEST_WAIT_MS);
    const random = this.#options.random ?? Math.random;
    this.#attempts++;
    this.#clear();
    this.#timer = this.#later(() => this.#open(), longest / 2 + (longest / 2) * random());
  }

  #beat(): void {
    this.#cancel(this.#heartbeat);
    this.#heartbeat = this.#later(() => {
      this.#socket?.send(PING);
      this.#heartbeat = this.#later(() => this.#closed(0), ANSWER_WITHIN_MS);
    }, PING_EVERY_MS);
  }

  #sendCommand(command: Command): void {
    this.#send({ type: "command", id: command.clientId, command });
  }

  #send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#attached = false;
    this.#cancel(this.#heartbeat);
    socket?.close();
  }

  #clear(): void {
    this.#cancel(this.#timer);
    this.#timer = null;
  }

  #later(run: () => void, delayMs: number): unknown {
    return (this.#options.setTimer ?? setTimeout)(run, delayMs);
  }

  #cancel(timer: unknown): void {
    if (timer !== null) (this.#options.clearTimer ?? ((one) => clearTimeout(one as number)))(timer);
  }
}
