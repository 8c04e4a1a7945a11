import type { Approval, Question } from "#contract/ask";
import type { Message } from "#contract/message";
import { fail, ok, type Result } from "#contract/problem";
import type { RecordedOutcome, RunRecording } from "#contract/recording";
import type { Env } from "#platform/env";
import type { RunOrder } from "#platform/rpc";
import type { Alarms } from "../kit/alarms.ts";
import { promptWithTexts } from "./attachments.ts";
import { type Call, callAsking, isAsking, updateCall } from "./calls.ts";
import { digestOf } from "./digest.ts";
import { failRun } from "./executors/run-failure.ts";
import { record, recordedRuns, recordingOf } from "./recorder/recorder.ts";
import { callRequest, type Request } from "./recorder/request.ts";
import { RunSession } from "./run-session.ts";
import { isOver, type ThreadStore } from "./store.ts";
import type { ThreadWorld } from "./world.ts";

export interface ThreadDeps {
  env: Env;
  store: ThreadStore;
  alarms: Alarms;
  world: ThreadWorld;
  keepAlive(work: Promise<unknown>): void;
}

/** A run in progress is looked after this often: its loop may be gone. */
export const TICK_MS = 10_000;
/** Working time a run may take; waits for people do not count. */
export const RUN_LIMIT_MS = 2 * 60 * 60 * 1000;

const TICK = "tick";
const LIMIT_PREFIX = "limit:";

/** The runs of one agent in one conversation. */
export class Thread {
  readonly #deps: ThreadDeps;
  readonly #sessions = new Map<string, RunSession>();

  constructor(deps: ThreadDeps) {
    this.#deps = deps;
  }

  async start(order: RunOrder): Promise<Result<null>> {
    const { store } = this.#deps;
    const known = store.run(order.run.id);
    if (known) return this.#startAgain(known.epoch, order);
    const other = store.unfinishedRuns().find((row) => !isOver(row));
    if (other) return fail("conflict", `Run ${other.order.run.id} is in progress in this thread.`);
    for (const row of store.fencedRuns()) this.#session(row.order).retire();
    store.insertRun(order);
    store.updateRun(order.run.id, { workingSince: Date.now() });
    this.#phaseChanged(order.run.id);
    this.#session(order).begin();
    return ok(null);
  }

  async steer(runId: string, message: { message: Message; authorName: string }): Promise<Result<null>> {
    const row = this.#deps.store.run(runId);
    if (!row) return fail("not_found", "This thread has no such run.");
    if (isOver(row)) return fail("conflict", "The run is over.");
    const text = await promptWithTexts(this.#deps.world, row.order, message);
    const now = this.#deps.store.run(runId);
    if (!now || isOver(now)) return fail("conflict", "The run is over.");
    this.#session(row.order).steer(message.message.id, text);
    return ok(null);
  }

  async cancel(runId: string, reason: string): Promise<Result<null>> {
    const row = this.#deps.store.run(runId);
    if (row) this.#session(row.order).cancel(reason);
    return ok(null);
  }

  async decideApproval(runId: string, approval: Approval): Promise<Result<null>> {
    const call = callAsking(this.#deps.store, runId, approval.id);
    if (!call) return fail("not_found", "Nothing waits for this approval.");
    if (approval.status === "pending") return fail("invalid", "The approval is not decided.");
    const digest = await digestOf({ runId, tool: call.tool, args: call.input });
    if (digest !== approval.digest) return fail("conflict", "The approval is for other arguments.");
    const request = await callRequest({ tool: call.tool, args: call.input });
    const asking = callAsking(this.#deps.store, runId, approval.id);
    if (asking?.state === "asking") this.#settleApproval({ call: asking, request }, approval);
    return ok(null);
  }

  async answerQuestion(runId: string, question: Question): Promise<Result<null>> {
    const call = callAsking(this.#deps.store, runId, question.id);
    if (!call) return fail("not_found", "Nothing waits for this answer.");
    if (question.status === "pending") return fail("invalid", "The question is not answered.");
    const request = await callRequest({ tool: call.tool, args: call.input });
    const asking = callAsking(this.#deps.store, runId, question.id);
    if (asking?.state !== "asking") return ok(null);
    const answered = question.status === "answered";
    const result = answered ? question.answers.join("\n") : UNANSWERED[question.status as "dismissed" | "expired"];
    const outcome = { status: answered ? "completed" : "declined", result, text: answered ? result : "" } as const;
    this.#resume(asking, (session) => this.#settle(session, { call: asking, request }, outcome));
    return ok(null);
  }

  recordedRuns(): Result<string[]> {
    return ok(recordedRuns(this.#deps.store));
  }

  recording(runId: string): Result<RunRecording> {
    const found = recordingOf(this.#deps.store, runId);
    return found ? ok(found) : fail("not_found", "This run has no recording.");
  }

  /** What is due: looks after every run that is not over, and ends those over their limit. */
  tick(nowMs: number): void {
    const due = this.#deps.alarms.due(nowMs);
    for (const row of this.#deps.store.unfinishedRuns()) {
      this.#phaseChanged(row.order.run.id);
      const session = this.#session(row.order);
      if (due.includes(LIMIT_PREFIX + row.order.run.id)) failRun(session, "time_limit", OVER_TIME);
      this.#lookAfter(session);
    }
  }

  /** Nothing of any run goes on. */
  stopAll(): void {
    for (const session of this.#sessions.values()) session.fence();
  }

  /** Takes a run up again whose loop is gone, and sends what has not been acknowledged. */
  #lookAfter(session: RunSession): void {
    const row = session.row();
    if (row.phase === "working" && session.idle) {
      this.#deps.store.updateRun(session.runId, { resumptions: row.resumptions + 1 });
      session.goOn();
    }
    session.deliver();
  }

  #startAgain(epoch: number, order: RunOrder): Result<null> {
    const { store } = this.#deps;
    const runId = order.run.id;
    const row = store.run(runId);
    if (!row || order.run.epoch < epoch) return ok(null);
    if (row.phase === "fenced") revive(store, runId);
    if (order.run.epoch > epoch) {
      store.updateRun(runId, { epoch: order.run.epoch });
      this.#phaseChanged(runId);
      this.#sessions.get(runId)?.adoptEpoch();
    }
    this.#lookAfter(this.#session(row.order));
    return ok(null);
  }

  #settleApproval({ call, request }: AskedCall, approval: Approval): void {
    const { store } = this.#deps;
    if (approval.status === "approved") {
      this.#resume(call, () => {
        if (approval.scope === "always") store.allow({ tool: approval.tool, pattern: approval.pattern });
        updateCall(store, call, { state: "approved" });
      });
      return;
    }
    const why = approval.reason ? `: ${approval.reason}` : ".";
    const result = approval.status === "denied" ? `Denied by a person${why}` : "Denied: nobody decided in time.";
    const outcome = { status: "declined", result, text: approval.reason ?? "" } as const;
    this.#resume(call, (session) => this.#settle(session, { call, request }, outcome));
  }

  /** A person's word is a call's outcome. */
  #settle(session: RunSession, { call, request }: AskedCall, outcome: Omit<RecordedOutcome, "detail">): void {
    const { store } = this.#deps;
    session.reporter.complete(call.itemId ?? "", { status: outcome.status, text: outcome.text });
    updateCall(store, call, { state: "settled", result: outcome.result });
    // OpenCode's own calls are not recorded, and a recording is whole or not there.
    if (session.order.run.executor !== "opencode")
      record(store, call.runId, { request, response: { ...outcome, detail: {} }, startedAt: Date.now() });
  }

  /** A person acted on a waiting call: what that changes and the end of the wait are one commit. */
  #resume(call: Call, change: (session: RunSession) => void): void {
    const { store } = this.#deps;
    const row = store.run(call.runId);
    if (!row || isOver(row)) return;
    const session = this.#session(row.order);
    store.together(() => {
      change(session);
      session.reporter.report({ type: "run.resumed" });
      store.updateRun(call.runId, { phase: "working", workingSince: Date.now() });
    });
    this.#phaseChanged(call.runId);
    session.goOn();
  }

  #session(order: RunOrder): RunSession {
    const known = this.#sessions.get(order.run.id);
    if (known) return known;
    const { env, store, world, keepAlive } = this.#deps;
    const phaseChanged = (runId: string) => this.#phaseChanged(runId);
    const session = new RunSession({ env, store, world, keepAlive, phaseChanged }, order);
    this.#sessions.set(order.run.id, session);
    return session;
  }

  /** Deadlines follow the phase: a working run is ticked and limited, a waiting one costs nothing. */
  #phaseChanged(runId: string): void {
    const { alarms, store } = this.#deps;
    const row = store.run(runId);
    if (!row) return;
    const now = Date.now();
    if (row.phase === "working") {
      alarms.set(LIMIT_PREFIX + runId, (row.workingSince ?? now) + RUN_LIMIT_MS - row.workedMs);
    } else alarms.clear(LIMIT_PREFIX + runId);
    if (row.phase === "working" || (row.phase !== "fenced" && store.hasReports(runId)))
      alarms.setEarlier(TICK, now + TICK_MS);
    if (row.phase === "fenced" || (row.phase === "done" && !store.hasReports(runId))) this.#sessions.delete(runId);
  }
}

/** A call that waits for a person, and how it is recorded. */
interface AskedCall {
  call: Call;
  request: Request;
}

/** A fenced run is again what it was: over, waiting for a person, or at work. */
function revive(store: ThreadStore, runId: string): void {
  if (store.hasEndReport(runId)) store.updateRun(runId, { phase: "done" });
  else if (isAsking(store, runId)) store.updateRun(runId, { phase: "waiting" });
  else store.updateRun(runId, { phase: "working", workingSince: Date.now() });
}

const UNANSWERED = {
  dismissed: "Declined: the people dismissed the question. Go on without an answer.",
  expired: "Declined: nobody answered in time. Go on without an answer.",
} as const;

const OVER_TIME = {
  code: "limit_exceeded" as const,
  detail: "The run worked for two hours, which is its limit.",
  limit: "2 hours per run",
};
