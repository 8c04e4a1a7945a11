import { StringDecoder } from "node:string_decoder";
import { type IPty, spawn } from "@lydell/node-pty";
import type { WebSocket } from "ws";
import { z } from "zod";
import { HostError } from "./host-error.ts";
import { killGroup, killTree } from "./kill-tree.ts";

const SCROLLBACK_BYTES = 256 * 1024;
const PROMPT = "\\[\\e[36m\\]\\w\\[\\e[0m\\] \\$ ";
const TERMINALS = 16;
const PAUSE_BYTES = 1024 * 1024;

export interface TerminalPlan {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  tag: string | null;
}

export interface TerminalRequest {
  session: string;
  cols: number;
  rows: number;
  shell: string;
}

const size = z.number().int().min(1).max(1_000);
const control = z.object({ type: z.literal("resize"), cols: size, rows: size });

/**
 * The terminals of a sandbox by session name. A session outlives its sockets: who connects again gets the end of what
 * was shown. On the wire, binary frames are bytes of the terminal in both directions, and text frames are JSON:
 * `ready`, `exit {code, signal?}`, `error {message}` to the client and `resize {cols, rows}` from it.
 */
export class Terminals {
  readonly #sessions = new Map<string, Session>();
  readonly #plan: (argv: string[]) => TerminalPlan;

  constructor(plan: (argv: string[]) => TerminalPlan) {
    this.#plan = plan;
  }

  /** Throws `conflict` where one more session would be too many. */
  admit(session: string): void {
    if (this.#sessions.has(session) || this.#sessions.size < TERMINALS) return;
    throw new HostError("conflict", `More than ${TERMINALS} terminals are open.`);
  }

  /** Joins a socket to a session, which starts with its first one. */
  connect(socket: WebSocket, request: TerminalRequest): void {
    const known = this.#sessions.get(request.session);
    const session = known ?? new Session(this.#plan([request.shell, "-l"]), request);
    if (known === undefined) {
      this.#sessions.set(request.session, session);
      session.onEnd = () => this.#sessions.delete(request.session);
    }
    session.join(socket);
  }

  endAll(): void {
    for (const session of this.#sessions.values()) session.end();
  }
}

class Session {
  onEnd: () => void = () => undefined;
  readonly #pty: IPty;
  readonly #tag: string | null;
  readonly #sockets = new Set<WebSocket>();
  #shown: Buffer[] = [];
  #shownBytes = 0;
  #ended = false;

  constructor(plan: TerminalPlan, size: { cols: number; rows: number }) {
    const [program = "", ...args] = plan.argv;
    this.#tag = plan.tag;
    this.#pty = spawn(program, args, {
      name: "xterm-256color",
      cwd: plan.cwd,
      env: { PS1: PROMPT, ...plan.env },
      encoding: null,
      cols: size.cols,
      rows: size.rows,
    });
    this.#pty.onData((data) => this.#output(Buffer.from(data)));
    this.#pty.onExit((exit) => this.#finish(exit));
  }

  join(socket: WebSocket): void {
    if (this.#shownBytes > 0) socket.send(Buffer.concat(this.#shown));
    this.#sockets.add(socket);
    // A client that breaks the protocol loses its socket and nothing else.
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#sockets.delete(socket));
    const decoder = new StringDecoder("utf8");
    socket.on("message", (data, binary) => this.#input(socket, { data: data as Buffer, binary, decoder }));
    socket.send(JSON.stringify({ type: "ready" }));
  }

  end(): void {
    if (this.#ended) return;
    killGroup(this.#pty.pid);
    if (this.#tag !== null) killTree(undefined, this.#tag);
  }

  #output(data: Buffer): void {
    this.#shown.push(data);
    this.#shownBytes += data.byteLength;
    while (this.#shownBytes > SCROLLBACK_BYTES && this.#shown.length > 1) {
      this.#shownBytes -= this.#shown.shift()?.byteLength ?? 0;
    }
    for (const socket of this.#sockets) socket.send(data, () => this.#regulate());
    this.#regulate();
  }

  /** A program that prints faster than its watchers read waits for the slowest of them. */
  #regulate(): void {
    const waiting = Math.max(0, ...[...this.#sockets].map((one) => one.bufferedAmount));
    if (this.#ended) return;
    if (waiting > PAUSE_BYTES) this.#pty.pause();
    else this.#pty.resume();
  }

  #input(socket: WebSocket, message: { data: Buffer; binary: boolean; decoder: StringDecoder }): void {
    if (this.#ended) return;
    if (message.binary) {
      this.#pty.write(message.decoder.write(message.data));
      return;
    }
    const parsed = control.safeParse(parseJson(message.data));
    if (parsed.success) this.#pty.resize(parsed.data.cols, parsed.data.rows);
    else socket.send(JSON.stringify({ type: "error", message: "This control message is not known." }));
  }

  #finish(exit: { exitCode: number; signal?: number }): void {
    if (this.#tag !== null) killTree(undefined, this.#tag);
    this.#ended = true;
    this.onEnd();
    const signal = exit.signal ? { signal: String(exit.signal) } : {};
    for (const socket of this.#sockets) {
      socket.send(JSON.stringify({ type: "exit", code: exit.exitCode, ...signal }));
      socket.close(1000, "the shell ended");
    }
  }
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString("utf8"));
  } catch {
    return null;
  }
}
