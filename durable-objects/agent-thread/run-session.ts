import type { Env } from "#platform/env";
import { logEvent } from "#platform/log";
import type { RunOrder } from "#platform/rpc";
import { callsOf, resultsMessage, updateCall } from "./calls.ts";
import { EXECUTORS } from "./executors/catalog.ts";
import type { Executor, RunContext, RunEnd } from "./executors/executor.ts";
import { failRun } from "./executors/run-failure.ts";
import { countRecorded } from "./recorder/recorder.ts";
import { Replay } from "./recorder/replay.ts";
import { ReportSocket } from "./report-socket.ts";
import { RunReporter } from "./reporter.ts";
import { isOver, type RunRow, type ThreadStore } from "./store.ts";
import type { ThreadWorld } from "./world.ts";

export interface SessionDeps {
  env: Env;
  store: ThreadStore;
  world: ThreadWorld;
  /** Keeps the object until the promise settles. */
  keepAlive(work: Promise<unknown>): void;
  /** The run's phase changed: deadlines follow it. */
  phaseChanged(runId: string): void;
}

/** One run in memory: its executor's loop and its socket. Losing it loses nothing but time. */
export class RunSession implements RunContext {
  readonly runId: string;
  readonly order: RunOrder;
  readonly store: ThreadStore;
  readonly world: ThreadWorld;
  readonly reporter: RunReporter;
  readonly #deps: SessionDeps;
  readonly #socket: ReportSocket;
  readonly #abort = new AbortController();
  readonly #executor: Executor | null;
  /** Who waits for the conversation to hold a report, by its number. */
  readonly #waiting = new Set<{ n: number; settle: () => void }>();
  #loop: Promise<void> | null = null;
  #replay: Promise<Replay> | null = null;
  /** A person acted while the loop was still winding up: it is to go round once more. */
  #again = false;

  constructor(deps: SessionDeps, order: RunOrder) {
    this.#deps = deps;
    this.runId = order.run.id;
    this.order = order;
    this.store = deps.store;
    this.world = deps.world;
    this.#socket = this.#openSocket();
    this.reporter = new RunReporter(deps.store, this.runId, (what) =>
      what === "reports" ? this.#socket.nudge() : this.#socket.nudgeText(),
    );
    this.#executor = EXECUTORS[order.run.executor]?.(this) ?? null;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get idle(): boolean {
    return this.#loop === null;
  }

  live(): boolean {
    return !this.#abort.signal.aborted && !isOver(this.row());
  }

  row(): RunRow {
    const row = this.store.run(this.runId);
    if (!row) throw new Error(`the thread does not know run ${this.runId}`);
    return row;
  }

  replay(): Promise<Replay | null> {
    const { replayOf } = this.order.run;
    if (replayOf === null) return Promise.resolve(null);
    this.#replay ??= this.world.recording(this.order, replayOf).then((found) => {
      if (!found.ok) throw new Error(`the recording: ${found.problem.code}: ${found.problem.detail}`);
      return new Replay(found.value, () => countRecorded(this.store, this.runId));
    });
    return this.#replay;
  }

  stored(): Promise<void> {
    const { nextN, ackedN } = this.row();
    if (ackedN >= nextN - 1 || !this.live()) return Promise.resolve();
    return new Promise((settle) => {
      this.#waiting.add({ n: nextN - 1, settle });
      this.signal.addEventListener("abort", () => settle(), { once: true });
    });
  }

  begin(): void {
    this.#work((executor) => executor.start(this.order.run, this));
  }

  /** Goes on from the store; while a loop is at work it takes the news itself. */
  goOn(): void {
    if (this.#loop) this.#again = true;
    else this.#work((executor) => executor.resume(this.row()));
  }

  steer(messageId: string, text: string): void {
    this.store.addSteer(this.runId, messageId, text);
    this.#executor?.steer({ messageId, text });
  }

  /** Ends the run at once. The executor stops what runs elsewhere; nobody waits for that. */
  cancel(reason: string): void {
    if (!this.live()) return;
    this.#stopOutside(reason);
    this.finish({ status: "cancelled", stopReason: reason, problem: null });
  }

  wait(reason: "approval" | "question"): void {
    const { workedMs, workingSince } = this.row();
    const worked = workedMs + (workingSince === null ? 0 : Date.now() - workingSince);
    this.store.updateRun(this.runId, { phase: "waiting", workedMs: worked, workingSince: null });
    this.reporter.report({ type: "run.waiting", reason });
    this.#deps.phaseChanged(this.runId);
  }

  finish(end: RunEnd): void {
    if (!this.live()) return;
    this.store.together(() => {
      this.#settleCalls();
      this.reporter.completeAll(end.status === "cancelled" ? "cancelled" : "failed");
      const { groupId } = this.row();
      if (groupId !== null) this.reporter.report({ type: "group.closed", groupId });
      if (end.title) this.reporter.report({ type: "title.suggested", title: end.title });
      const { status, stopReason, problem } = end;
      this.reporter.report({ type: "run.finished", status, stopReason, problem });
      this.store.updateRun(this.runId, { phase: "done", groupId: null, workingSince: null });
    });
    this.#abort.abort();
    this.#deps.phaseChanged(this.runId);
  }

  /** Stops and reports nothing more: the run is over for the conversation, or a later epoch will take it up from the store. */
  fence(): void {
    if (this.live()) this.#stopOutside("fenced");
    this.#abort.abort();
    this.#socket.close();
    this.store.updateRun(this.runId, { phase: "fenced", workingSince: null });
    this.#deps.phaseChanged(this.runId);
  }

  /** Puts a fenced run away for good, so that a new run finds the model's messages complete. */
  retire(): void {
    this.store.together(() => {
      this.#settleCalls();
      for (const item of this.store.openItems(this.runId)) this.store.removeItem(item.id);
      this.store.dropReports(this.runId);
      this.store.updateRun(this.runId, { phase: "done", groupId: null });
    });
    this.#deps.phaseChanged(this.runId);
  }

  /** The run has a new epoch: everything not acknowledged is said again under it. */
  adoptEpoch(): void {
    this.#socket.reconnect();
  }

  deliver(): void {
    this.#socket.nudge();
  }

  #stopOutside(reason: string): void {
    const stopped = this.#executor?.cancel(reason).catch((error: unknown) => this.#log("thread.cancel", error));
    if (stopped) this.#deps.keepAlive(stopped);
  }

  /** The model never sees a call without a result, also not in a later run. */
  #settleCalls(): void {
    const { groupId, steps } = this.row();
    const calls = groupId === null ? [] : callsOf(this.store, this.runId, steps);
    if (calls.length === 0) return;
    for (const call of calls.filter((one) => one.state !== "settled")) {
      updateCall(this.store, call, { state: "settled", result: "Cancelled: the run ended before this call did." });
    }
    this.store.addMessage(this.runId, resultsMessage(callsOf(this.store, this.runId, steps)));
  }

  #work(work: (executor: Executor) => Promise<void>): void {
    const executor = this.#executor;
    if (!executor) {
      const detail = `The executor ${this.order.run.executor} is not available here.`;
      failRun(this, "unsupported", { code: "unsupported", detail });
      return;
    }
    this.#loop = work(executor)
      .catch((error: unknown) => this.#broke(error))
      .finally(() => {
        this.#loop = null;
        const again = this.#again && this.live() && this.row().phase === "working";
        this.#again = false;
        if (again) this.goOn();
      });
    this.#deps.keepAlive(this.#loop);
  }

  #broke(error: unknown): void {
    this.#log("thread.run", error);
    failRun(this, "internal", { code: "internal", detail: "The run broke on our side." });
  }

  #log(event: string, error: unknown): void {
    const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    logEvent(this.#deps.env, event, { runId: this.runId, orgId: this.order.orgId, error: cause });
  }

  #acknowledged(n: number): void {
    for (const one of this.#waiting) {
      if (one.n > n) continue;
      this.#waiting.delete(one);
      one.settle();
    }
  }

  #openSocket(): ReportSocket {
    const { store } = this;
    const { runId } = this;
    return new ReportSocket({
      runId,
      epoch: () => this.row().epoch,
      ackedN: () => this.row().ackedN,
      reportsAfter: (n, limit) => store.reportsAfter(runId, n, limit),
      takeDeltas: () => this.reporter.takeDeltas(),
      busy: () => this.row().phase === "working",
      acknowledged: (n) => {
        store.acknowledge(runId, n);
        this.#acknowledged(n);
        if (isOver(this.row())) this.#deps.phaseChanged(runId);
      },
      resend: (itemId, have) => this.reporter.resend(itemId, have),
      fenced: () => this.fence(),
      connect: () => this.world.openReports(this.order),
    });
  }
}
