import type { ConversationHead } from "#contract/conversation";
import type { Envelope, Event } from "#contract/event";
import { LIMITS } from "#contract/limits";
import type { Actor } from "#contract/member";
import { fail, type Result } from "#contract/problem";
import type { ConversationStore } from "./store.ts";

/** What a task wants written. `commit` runs inside the transaction with the appended envelopes. */
export interface Entry<T> {
  events: Event[];
  commit?(envelopes: Envelope[]): void;
  value(envelopes: Envelope[]): T;
}

/** Reads the state as it is when its turn comes, and says what to write. It writes nothing itself. */
export type Task<T> = () => Result<Entry<T>>;

interface Options {
  storage: DurableObjectStorage;
  store: ConversationStore;
  now(): string;
  /** Runs inside the transaction of an append: the outbox (CV4). `before` is the head from before it. */
  onAppend(envelopes: Envelope[], before: ConversationHead | null): void;
  /** Runs after the commit, once per group. */
  onCommit(envelopes: Envelope[]): void;
  /** Runs when the transaction was undone, to bring memory back to what is stored. */
  onRollback(): void;
}

interface Pending {
  by: Actor;
  run(): { envelopes: Envelope[]; settle(): void };
  reject(error: unknown): void;
}

/**
 * Group commit: everything submitted in one turn of the event loop is one transaction, in the order it came. After a pause
 * a group is committed at the end of the microtask that brought it, so that a lone caller waits for no timer; what comes
 * right after a commit is gathered until the next turn of the timers. Where the transaction fails, all of the group fail and
 * the state in memory is read back from storage.
 */
export class Journal {
  readonly #options: Options;
  #pending: Pending[] = [];
  #scheduled = false;
  /** Set while a commit is fresh: more is likely to come in its wake. */
  #gathering = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Settles once the task's events are committed; `rate_limited` while 1,000 appends are in flight (CV8). */
  submit<T>(by: Actor, task: Task<T>): Promise<Result<T>> {
    if (this.#pending.length >= LIMITS.appendsInFlight) {
      const problem = { retryAfterS: 1, limit: "1,000 appends in flight" };
      return Promise.resolve(fail("rate_limited", "This conversation is very busy. Try again in a moment.", problem));
    }
    return new Promise((resolve, reject) => {
      this.#pending.push({ by, reject, run: () => this.#perform(by, task, resolve) });
      if (this.#scheduled || this.#gathering) return;
      this.#scheduled = true;
      queueMicrotask(() => this.#commit());
    });
  }

  /** Commits what is pending, and gathers what follows until the timer's turn. */
  #commit(): void {
    this.#scheduled = false;
    this.#gathering = true;
    this.flush();
    setTimeout(() => {
      if (this.#pending.length > 0) return this.#commit();
      this.#gathering = false;
    }, 0);
  }

  /** Commits what is pending now. */
  flush(): void {
    const group = this.#pending;
    this.#pending = [];
    if (group.length === 0) return;
    const { storage, onCommit, onRollback } = this.#options;
    try {
      const done = storage.transactionSync(() => group.map((one) => one.run()));
      onCommit(done.flatMap((one) => one.envelopes));
      for (const one of done) one.settle();
    } catch (error) {
      onRollback();
      for (const one of group) one.reject(error);
    }
  }

  #perform<T>(by: Actor, task: Task<T>, resolve: (result: Result<T>) => void) {
    const planned = task();
    if (!planned.ok) return { envelopes: [], settle: () => resolve(planned) };
    const { events, commit, value } = planned.value;
    const before = this.#options.store.state.head;
    const envelopes = events.length > 0 ? this.#options.store.append(events, by, this.#options.now()) : [];
    if (envelopes.length > 0) this.#options.onAppend(envelopes, before);
    commit?.(envelopes);
    const result = value(envelopes);
    return { envelopes, settle: () => resolve({ ok: true, value: result }) };
  }
}
