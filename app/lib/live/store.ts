import type { Command, CommandResult } from "#contract/command";
import type { Snapshot } from "#contract/conversation";
import type { Envelope } from "#contract/event";
import type { Delta, Presence, ServerFrame } from "#contract/frame";
import type { Problem } from "#contract/problem";
import { type ConversationState, evolve, stateOf } from "#domain/conversation/evolve";
import { EMPTY_DIGEST, indexed } from "#domain/conversation/index-digest";
import { problemFrom } from "../api.ts";
import { Connection, type ConnectionOptions, type ConnectionState } from "./connection.ts";
import { caughtUp, prepend } from "./older.ts";
import { emptyTimeline, type Timeline, timelineOf } from "./timeline.ts";

/** A message this person sent that the log does not hold yet. */
export interface PendingMessage {
  clientId: string;
  content: string;
  attachments: { id: string; name: string }[];
  mode: "auto" | "queue" | "steer" | "interrupt";
  problem: Problem | null;
}

export type PendingCommand = Command extends infer C ? (C extends Command ? Omit<C, "clientId"> : never) : never;

export interface StoreOptions
  extends Pick<ConnectionOptions, "open" | "mayReturn" | "isOnline" | "setTimer" | "clearTimer" | "random"> {
  /** Runs once in a while, at best before the next frame is painted. */
  onNextFrame: (run: () => void) => void;
  newId: () => string;
  /** Keeps what is not sent yet over a reload. */
  keep: (pending: PendingMessage[]) => void;
}

/**
 * A conversation as this reader sees it now: the folded log, the texts that still grow, who else is here, and what is
 * on its way. Selectors read it through `useSyncExternalStore`; listeners run at most once a frame.
 */
export class ConversationStore {
  readonly connection: Connection;
  state: ConversationState;
  timeline: Timeline = emptyTimeline();
  presence: Presence[] = [];
  pending: PendingMessage[] = [];
  connectionState: ConnectionState = "connecting";
  memberId: string | null = null;
  /** The seq of the last event that makes a conversation unread, as the list counts it. */
  notableSeq: number;
  /** Why the last thing asked for without waiting was refused, until the next one or until it is put away. */
  notice: Problem | null = null;
  readonly #options: StoreOptions;
  readonly #texts = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  /** Messages the server took, by the seq at which the log holds them. */
  readonly #awaited = new Map<string, number>();
  readonly #recorders = new Set<Envelope[]>();
  #goal = 0;
  #scheduled = false;

  constructor(snapshot: Snapshot, options: StoreOptions) {
    this.state = stateOf(snapshot);
    this.notableSeq = snapshot.seq;
    this.timeline = timelineOf(this.state, this.timeline);
    this.#options = options;
    this.connection = new Connection({
      ...options,
      since: () => this.state.seq,
      onFrame: (frame) => this.receive(frame),
      onState: (state) => this.#setConnection(state),
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The text of an item as far as it is known: what is stored, or what has streamed since. */
  textOf(itemId: string): string {
    return this.#texts.get(itemId) ?? this.state.items.get(itemId)?.text ?? "";
  }

  receive(frame: ServerFrame): void {
    if (frame.type === "hello") this.#attach(frame);
    else if (frame.type === "events") this.#fold(frame.events);
    else if (frame.type === "delta") this.#grow(frame);
    else if (frame.type === "presence") this.presence = frame.members;
    else if (frame.type === "problem" && frame.id === null) this.notice = frame.problem;
    this.#arrive();
    this.#changed();
  }

  /**
   * Puts the window that ends where this one begins before it. `read` asks for the window before a seq. Where a new
   * snapshot takes the place of the state meanwhile, the answer no longer fits and is left.
   */
  async loadOlder(read: (before: number, beforeItem: number | null) => Promise<Snapshot>): Promise<void> {
    const { state } = this;
    const recorded: Envelope[] = [];
    this.#recorders.add(recorded);
    try {
      const window = await read(state.fromSeq, state.fromItemSeq);
      await this.#reached(window.seq);
      if (this.state !== state) return;
      prepend(state, caughtUp(window, recorded));
      this.timeline = timelineOf(state, this.timeline);
      this.#changed();
    } finally {
      this.#recorders.delete(recorded);
    }
  }

  /** Settles when the log has come this far on this page. */
  #reached(seq: number): Promise<void> {
    if (this.state.seq >= seq) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.subscribe(() => {
        if (this.state.seq < seq) return;
        stop();
        resolve();
      });
    });
  }

  /** Sends a command under a new id of its own. */
  command(body: PendingCommand): Promise<CommandResult> {
    return this.connection.command({ ...body, clientId: this.#options.newId() } as Command);
  }

  /** Sends a command nobody waits for: a refusal is shown as this page's notice. */
  attempt(body: PendingCommand): void {
    this.setNotice(null);
    this.command(body).catch((error) => this.setNotice(problemFrom(error)));
  }

  setNotice(problem: Problem | null): void {
    if (problem === this.notice) return;
    this.notice = problem;
    this.#changed();
  }

  /** Shows the message at once and sends it; a refused one stays, with its problem, until it is sent again or dropped. */
  send(message: Omit<PendingMessage, "clientId" | "problem">): void {
    this.#dispatch({ ...message, clientId: this.#options.newId(), problem: null });
  }

  resend(clientId: string): void {
    const known = this.pending.find((one) => one.clientId === clientId);
    if (!known) return;
    this.dropPending(clientId);
    this.#dispatch({ ...known, clientId: this.#options.newId(), problem: null });
  }

  dropPending(clientId: string): void {
    this.#setPending(this.pending.filter((one) => one.clientId !== clientId));
  }

  /** Takes up what an earlier visit could not send, under the ids it had. */
  restore(pending: PendingMessage[]): void {
    const known = new Set(this.pending.map((one) => one.clientId));
    for (const one of pending) if (!known.has(one.clientId)) this.#dispatch(one);
  }

  #dispatch(message: PendingMessage): void {
    this.#setPending([...this.pending, message]);
    if (message.problem) return;
    const { clientId, content, mode } = message;
    const attachments = message.attachments.map((one) => one.id);
    this.connection.command({ type: "message.post", clientId, content, mode, attachments }).then(
      (result) => this.#posted(clientId, result),
      (error) => this.#refused(clientId, problemFrom(error)),
    );
  }

  /** The pending copy goes when the log's own message is here; until then it must not vanish from the page. */
  #posted(clientId: string, { seq }: CommandResult): void {
    if (this.state.seq >= seq) this.dropPending(clientId);
    else this.#awaited.set(clientId, seq);
  }

  #arrive(): void {
    for (const [clientId, seq] of this.#awaited) {
      if (this.state.seq < seq) continue;
      this.#awaited.delete(clientId);
      this.dropPending(clientId);
    }
    if (this.connectionState === "catching_up" && this.#goal > 0 && this.state.seq >= this.#goal)
      this.#setConnection("live");
  }

  #refused(clientId: string, problem: Problem): void {
    this.#setPending(this.pending.map((one) => (one.clientId === clientId ? { ...one, problem } : one)));
  }

  #setPending(pending: PendingMessage[]): void {
    this.pending = pending;
    this.#options.keep(pending);
    this.#changed();
  }

  #setConnection(state: ConnectionState): void {
    if (state !== "live") this.#goal = state === "catching_up" ? this.#goal : 0;
    if (state === this.connectionState) return;
    this.connectionState = state;
    this.#changed();
  }

  #attach(frame: Extract<ServerFrame, { type: "hello" }>): void {
    this.memberId = frame.memberId;
    this.#goal = Math.max(1, frame.seq);
    if (frame.snapshot && frame.snapshot.seq > this.state.seq) {
      this.state = stateOf(frame.snapshot);
      this.notableSeq = frame.snapshot.seq;
    }
    this.#texts.clear();
    for (const { itemId, text } of frame.live) this.#texts.set(itemId, text);
    this.timeline = timelineOf(this.state, this.timeline);
  }

  #fold(events: Extract<ServerFrame, { type: "events" }>["events"]): void {
    for (const envelope of events) {
      if (envelope.seq > this.state.seq + 1) {
        this.connection.resync();
        break;
      }
      evolve(this.state, envelope);
      this.notableSeq = indexed({ ...EMPTY_DIGEST, lastSeq: this.notableSeq }, envelope).lastSeq;
      for (const recorded of this.#recorders) recorded.push(envelope);
      if (envelope.event.type === "item.completed") this.#texts.delete(envelope.event.item.id);
    }
    this.timeline = timelineOf(this.state, this.timeline);
  }

  /** Keeps only the part that is new. A piece that begins past the end means something was missed: attach again. */
  #grow({ itemId, offset, text }: Delta): void {
    const known = this.state.items.get(itemId);
    if (known && known.status !== "in_progress") return;
    const have = this.textOf(itemId);
    if (offset > have.length) {
      this.connection.resync();
      return;
    }
    if (offset + text.length > have.length) this.#texts.set(itemId, have + text.slice(have.length - offset));
  }

  #changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.onNextFrame(() => {
      this.#scheduled = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
