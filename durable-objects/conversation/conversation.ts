import type { Command, CommandResult } from "#contract/command";
import type { ConversationHead, Snapshot } from "#contract/conversation";
import type { Envelope, Event } from "#contract/event";
import type { Actor } from "#contract/member";
import { fail, ok, type Result } from "#contract/problem";
import type { Item, Run } from "#contract/run";
import type { ConversationAction } from "#domain/access/actions";
import { mayIn } from "#domain/access/may-in";
import { missedSteer } from "#domain/conversation/decide-message";
import type { Env } from "#platform/env";
import { logEvent } from "#platform/log";
import { newId } from "#platform/new-id";
import type { MemberPrincipal, Principal } from "#platform/principal";
import type {
  ConversationInit,
  EventsAnswer,
  EventsQuery,
  SandboxReport,
  SocketOwner,
  UsageCall,
  WindowEnd,
} from "#platform/rpc";
import { threadStub } from "#platform/stubs";
import { Alarms } from "../kit/alarms.ts";
import { Outbox } from "../kit/outbox.ts";
import { Commands } from "./commands.ts";
import { creationEvents, SYSTEM_ACTOR } from "./creation.ts";
import { type Effect, effect, effectsOf } from "./effects.ts";
import { Journal } from "./journal.ts";
import { LiveTexts } from "./live-texts.ts";
import { completeForks, Origin } from "./origin.ts";
import { closeTerminals, perform } from "./perform.ts";
import { KeptRunClock } from "./run-clock.ts";
import { sandboxEvents } from "./sandbox-events.ts";
import { ConversationStore } from "./store.ts";
import { Viewers } from "./viewers.ts";
import { Waiters } from "./waiters.ts";
import { expireAsks, STALL_MS, watchRun } from "./watch.ts";
import { snapshotOf } from "./window.ts";

const NOT_FOUND = {
  ok: false as const,
  problem: { code: "not_found" as const, detail: "There is no such conversation." },
};
/** A reader further behind than this gets a snapshot instead of the events it missed. */
const RETAINED_TAIL = 5_000;
/** Bursts of events become one write to the index. */
const INDEX_DELAY_MS = 200;

/** One conversation: its log, its state, and everything that follows from an event. */
export class ConversationObject {
  readonly store: ConversationStore;
  readonly live: LiveTexts;
  readonly viewers: Viewers;
  readonly journal: Journal;
  readonly origin: Origin;
  readonly #env: Env;
  readonly orgId: string;
  readonly #storage: DurableObjectStorage;
  readonly #alarms: Alarms;
  readonly #outbox: Outbox<Effect>;
  readonly #waiters = new Waiters();
  readonly #commands: Commands;
  readonly #clock: KeptRunClock;

  constructor(ctx: DurableObjectState, env: Env, orgId: string) {
    this.#env = env;
    this.orgId = orgId;
    this.#storage = ctx.storage;
    this.store = new ConversationStore(ctx.storage.sql);
    this.#clock = new KeptRunClock(ctx.storage.sql);
    this.viewers = new Viewers(ctx);
    this.live = new LiveTexts(ctx.storage.sql, (frames) => this.viewers.publishDeltas(frames));
    this.#alarms = new Alarms(ctx.storage);
    this.#outbox = new Outbox(ctx.storage.sql, {
      parse: (json) => effect.safeParse(JSON.parse(json)).data ?? null,
      perform: (one) =>
        perform({ env, store: this.store, orgId, missedSteer: (steer) => this.#missedSteer(steer) }, one),
      wakeAt: (atMs) => this.#alarms.setEarlier("outbox", atMs),
      onFailure: (entry, error) =>
        logEvent(env, "conversation.effect_failed", {
          orgId,
          conversationId: this.store.state.head?.id,
          effect: entry.effect.type,
          attempts: entry.attempts,
          error,
        }),
    });
    this.journal = new Journal({
      storage: ctx.storage,
      store: this.store,
      now: () => this.now(),
      onAppend: (envelopes, before) => this.#follow(envelopes, before),
      onCommit: (envelopes) => this.#published(envelopes),
      onRollback: () => this.reload(),
    });
    this.#commands = new Commands({
      env,
      store: this.store,
      journal: this.journal,
      now: () => this.now(),
      view: () => this.view(),
      admit: (principal, action) => this.admit(principal, action),
    });
    this.origin = new Origin({ env, orgId, storage: ctx.storage, store: this.store, journal: this.journal });
    this.reload();
  }

  now(): string {
    return new Date().toISOString();
  }

  reload(): void {
    this.store.reload();
    this.live.reload();
    const active = this.store.state.head?.threads.find((one) => one.activeRunId !== null)?.activeRunId;
    this.#clock.reload(active ?? null, Date.now());
  }

  /**
   * The head where the principal may do this: `not_found` where it may not even see the conversation. Another org's object
   * holds nothing.
   */
  admit(principal: Principal, action: ConversationAction = "conversation.read"): Result<ConversationHead> {
    const head = this.origin.pending?.head ?? this.store.state.head;
    if (!head || principal.orgId !== this.orgId || !mayIn(principal, "conversation.read", head)) return NOT_FOUND;
    if (mayIn(principal, action, head)) return ok(head);
    return fail("forbidden", "You may see this conversation, but not do this in it.");
  }

  /** Closes the sockets and the terminals of whom may have changed. */
  async closeSockets(owner: SocketOwner): Promise<void> {
    this.viewers.closeOf(owner);
    await closeTerminals({ env: this.#env, store: this.store, orgId: this.orgId }, owner);
  }

  headOf(principal: Principal, action?: ConversationAction): Result<{ seq: number; head: ConversationHead }> {
    const head = this.admit(principal, action);
    return head.ok ? ok({ seq: this.origin.pending?.origin.atSeq ?? this.store.state.seq, head: head.value }) : head;
  }

  /** Nobody is served any more, and no fork needs what is here. */
  async beforePurge(principal: Principal): Promise<Result<null>> {
    const admitted = this.admit(principal, "conversation.purge");
    if (!admitted.ok) return admitted;
    const kept = await completeForks(this.#env, this.orgId, this.store);
    if (!kept.ok) return kept;
    if (this.#outbox.holds("audit")) await this.drain();
    if (this.#outbox.holds("audit"))
      return fail("unavailable", "The audit log cannot be written. Try again.", { retryAfterS: 1 });
    const threads = admitted.value.threads.map((one) => threadStub(this.#env, this.orgId, one.id).purge());
    await Promise.all(threads);
    this.viewers.closeAll(NOT_FOUND.problem);
    return kept;
  }

  async create(principal: MemberPrincipal, init: ConversationInit): Promise<Result<ConversationHead>> {
    const by: Actor = { memberId: principal.memberId, kind: principal.memberKind };
    const created = await this.journal.submit(by, () => {
      const exists = this.store.state.head !== null;
      return ok({ events: exists ? [] : creationEvents(principal, init), value: () => null });
    });
    if (!created.ok) return created;
    await this.drain();
    return this.admit(principal);
  }

  async command(principal: Principal, command: Command): Promise<Result<CommandResult>> {
    const result = await this.#commands.give(principal, command);
    // Who forked goes there next.
    if (result.ok && command.type === "fork") await this.drain();
    return result;
  }

  snapshot(principal: Principal, before?: WindowEnd): Result<Snapshot> {
    const admitted = this.admit(principal);
    return admitted.ok ? ok(snapshotOf(this.store, this.live, before)) : admitted;
  }

  async events(principal: Principal, query: EventsQuery): Promise<Result<EventsAnswer>> {
    const admitted = this.admit(principal);
    if (!admitted.ok) return admitted;
    if (query.before !== undefined) {
      const events = this.store.events({ after: 0, before: query.before, limit: query.limit, newest: true });
      return ok({ events, next: events.at(-1)?.seq ?? 0 });
    }
    const since = query.since ?? 0;
    const late = this.tooLate(since);
    if (late) return late;
    if (this.store.state.seq === since && query.waitMs) await this.#waiters.wait(query.waitMs);
    if (this.isBehind(since)) {
      return ok({ events: [], next: this.store.state.seq, snapshot: snapshotOf(this.store, this.live) });
    }
    const events = this.store.events({ after: since, limit: query.limit });
    return ok({ events, next: events.at(-1)?.seq ?? since });
  }

  /** A cursor from the future is `invalid`. */
  tooLate(since: number): Result<never> | null {
    if (since <= this.store.state.seq) return null;
    const fields = [{ field: "since", message: `is from the future: the log ends at ${this.store.state.seq}` }];
    return fail("invalid", "since: is from the future.", { fields });
  }

  isBehind(since: number): boolean {
    return this.store.state.seq - since > RETAINED_TAIL;
  }

  run(principal: Principal, runId: string): Result<{ run: Run; items: Item[] }> {
    const admitted = this.admit(principal);
    if (!admitted.ok) return admitted;
    const run = this.store.state.runs.get(runId);
    return run ? ok({ run, items: this.store.itemsOfRun(runId) }) : fail("not_found", "There is no such run.");
  }

  async recordUsage(principal: Principal, call: UsageCall): Promise<Result<null>> {
    const admitted = this.admit(principal);
    if (!admitted.ok) return admitted;
    return this.journal.submit(SYSTEM_ACTOR, () => {
      if (!this.store.noteUsageCall(call.callId)) return ok({ events: [], value: () => null });
      const { callId: _, ...recorded } = call;
      return ok({ events: [{ type: "usage.recorded", ...recorded }], value: () => null });
    });
  }

  async reportSandbox(principal: Principal, report: SandboxReport): Promise<Result<null>> {
    const admitted = this.admit(principal);
    if (!admitted.ok) return admitted;
    if (principal.kind !== "service") return fail("forbidden", "Only the sandbox reports on itself.");
    return this.journal.submit(SYSTEM_ACTOR, () =>
      ok({ events: sandboxEvents(this.view().head, report), value: () => null }),
    );
  }

  view() {
    return this.store.view((itemId) => this.live.get(itemId));
  }

  /** The member that the thread's reports are by. */
  agentActor(): Actor {
    const agent = this.store.state.head?.participants.find((one) => one.kind === "agent");
    return agent ? { memberId: agent.memberId, kind: "agent" } : SYSTEM_ACTOR;
  }

  heard(runId: string): void {
    this.#clock.heard(runId, Date.now());
  }

  /** Does what the outbox holds and is due. */
  drain(): Promise<void> {
    return this.#outbox.drain(Date.now);
  }

  /** Waits for what was begun outside, since what is written late would outlive it, and leaves nothing here. */
  async erase(): Promise<Result<null>> {
    await this.#outbox.close();
    await this.#storage.deleteAlarm();
    await this.#storage.deleteAll();
    return ok(null);
  }

  /** The deadlines that are due: the outbox, asks that expire, a run that is silent or too long. */
  async alarm(): Promise<void> {
    const due = this.#alarms.due(Date.now());
    if (due.includes("asks")) await this.#submitEvents(() => expireAsks(this.view(), this.now()));
    if (due.includes("watch")) await this.#watch();
    await this.drain();
  }

  async #watch(): Promise<void> {
    const clock = this.#clock.current;
    if (!clock) return;
    this.#alarms.set("watch", Date.now() + STALL_MS / 10);
    await this.#submitEvents(() => watchRun(this.view(), clock, Date.now()));
  }

  #missedSteer(missed: { messageId: string; runId: string }): Promise<void> {
    return this.#submitEvents(() => missedSteer(this.view(), missed, { now: this.now(), newId }));
  }

  async #submitEvents(events: () => Event[]): Promise<void> {
    if (this.store.state.head)
      await this.journal.submit(SYSTEM_ACTOR, () => ok({ events: events(), value: () => null }));
  }

  /** Inside the transaction of an append: effects into the outbox, growing texts opened and closed, deadlines set. */
  #follow(envelopes: Envelope[], before: ConversationHead | null): void {
    for (const one of envelopes) {
      for (const planned of effectsOf(one, before)) {
        const gather = planned.lane === "index" && one.event.type !== "conversation.created";
        const notBefore = gather ? Date.now() + INDEX_DELAY_MS : 0;
        this.#outbox.put(planned.lane, planned.effect, { ...(planned.key ? { key: planned.key } : {}), notBefore });
      }
      this.#followEvent(one.event);
    }
  }

  #followEvent(event: Event): void {
    if (event.type === "item.started" && event.item.status === "in_progress")
      this.live.open(event.item.id, event.item.text);
    else if (event.type === "item.completed") this.live.close(event.item.id);
    else if (event.type === "approval.requested") this.#alarms.setEarlier("asks", Date.parse(event.approval.expiresAt));
    else if (event.type === "question.asked") this.#alarms.setEarlier("asks", Date.parse(event.question.expiresAt));
    else if (event.type === "participant.left") this.viewers.closeOf({ memberId: event.memberId });
    else if (event.type === "run.started") this.#startClock(event.run.id);
    else if (event.type === "run.resumed") this.#startClock(event.runId);
    else if (event.type === "run.finished") this.#clock.stop(event.runId);
  }

  #startClock(runId: string): void {
    this.#clock.start(runId, Date.now());
    this.#alarms.set("watch", Date.now() + STALL_MS / 10);
  }

  #published(envelopes: Envelope[]): void {
    if (envelopes.length === 0) return;
    this.viewers.publish(envelopes);
    this.#waiters.wake();
    void this.drain();
  }
}
