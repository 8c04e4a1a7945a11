import type { Problem } from "#contract/problem";
import { suggestTitle } from "../../title.ts";
import type { RunContext } from "../executor.ts";
import { failRun } from "../run-failure.ts";
import { type Asking, deliverDecisions, takePermission, takeQuestion, undecided, waitFor } from "./asks.ts";
import { type OpenCodeClient, OpenCodeGone, readBus } from "./client.ts";
import { connect, sessionOf } from "./connect.ts";
import { EventQueue, type Signal } from "./event-queue.ts";
import { mapEvent, mapMessage, newView, type Step, type View } from "./mapping.ts";
import { maskTokens } from "./mask-tokens.ts";
import { keepPrompt, promptPartsOf, sendPrompts } from "./prompts.ts";
import { recover } from "./recovery.ts";
import { SERVICE } from "./server.ts";
import { OpenCodeState } from "./state.ts";
import { Transcript } from "./transcript.ts";
import type { Failure, StoredMessage } from "./wire.ts";

/** How long the bus may be silent before the loop looks for itself, and before work that nobody does counts as lost. */
const LOOK_MS = 2_000;
const LOST_MS = 4_000;
/** While people are asked, what runs beside goes on being shown until it has been quiet for this long. */
const QUIET_MS = 1_500;
const DECISION_MS = 250;
/** The gateway tries again by itself; OpenCode may try this often more. */
const MAX_RETRIES = 3;

export type Outcome = "over" | "waits";

/** One attachment to OpenCode's session: from what is stored on both sides to the end of the run or a person's turn. */
export class Drive {
  readonly #context: RunContext;
  readonly #state: OpenCodeState;
  readonly #transcript: Transcript;
  readonly #client: OpenCodeClient;
  readonly #sessionId: string;
  readonly #queue: EventQueue;
  #view: View;
  #lookDue = false;
  #heardAt = Date.now();
  #changed = false;
  #failure: string | null = null;

  private constructor(
    context: RunContext,
    to: { state: OpenCodeState; client: OpenCodeClient; sessionId: string; queue: EventQueue },
  ) {
    this.#context = context;
    this.#state = to.state;
    this.#client = to.client;
    this.#sessionId = to.sessionId;
    this.#queue = to.queue;
    this.#transcript = new Transcript(context, to.state);
    this.#view = newView(to.sessionId);
  }

  /** Works until the run is over or waits for a person. Throws `OpenCodeGone` where the server goes away meanwhile. */
  static async run(context: RunContext, hand: { wake: () => void }): Promise<Outcome> {
    const state = new OpenCodeState(context.store, context.runId);
    await keepPrompt(context, state);
    const client = context.live() ? await connect(context) : null;
    if (client === null) return "over";
    await client.putToken(await context.world.runToken(context.order));
    const sessionId = await sessionOf(client, state);
    const stop = new AbortController();
    const queue = new EventQueue();
    hand.wake = () => queue.wake();
    context.signal.addEventListener("abort", () => queue.wake(), { once: true });
    try {
      void pump(await client.events(context.runId), queue, stop.signal);
      return await new Drive(context, { state, client, sessionId, queue }).#work();
    } finally {
      hand.wake = () => undefined;
      stop.abort();
      await context.world.sandbox(context.order).releaseService(SERVICE, context.runId);
    }
  }

  get #asking(): Asking {
    return { context: this.#context, state: this.#state, transcript: this.#transcript, client: this.#client };
  }

  async #work(): Promise<Outcome> {
    await this.#catchUp();
    while (this.#context.live()) {
      const asked = undecided(this.#context, this.#state).length > 0;
      if (asked && Date.now() - this.#heardAt > QUIET_MS) return this.#waits();
      const signal = await this.#queue.next(asked ? DECISION_MS : LOOK_MS);
      if (this.#context.live()) await this.#react(signal);
    }
    return "over";
  }

  async #react(signal: Signal): Promise<void> {
    if (signal === "ended") throw new BusEnded();
    if (signal === "look") await this.#look();
    else await this.#take(signal.event);
  }

  /**
   * Reads what is stored on OpenCode's side, says what has not been said, and gives what was decided. A session that is idle over
   * open work has lost it; whether it is idle is asked first, since what is given here may bring the work to its end.
   */
  async #catchUp(): Promise<void> {
    const idle = !(await this.#client.isBusy(this.#sessionId));
    const messages = await this.#readMessages();
    for (const event of await this.#client.pendingAsks()) await this.#take(event);
    if (!this.#context.live()) return;
    const open = hasOpenWork(messages.at(-1)) || this.#state.openAsks().length > 0;
    if (idle && open && this.#hasSpoken()) await recover(this.#context, this.#state, messages);
    else await this.#deliver();
    await this.#speak(messages);
    this.#lookDue = true;
  }

  #hasSpoken(): boolean {
    return this.#state.prompts().some((one) => one.sent);
  }

  /** What the server does not know it has heard before, and we were lost before that was kept. */
  async #deliver(): Promise<void> {
    if (!(await deliverDecisions(this.#asking))) return;
    const waiting = new Set(undecided(this.#context, this.#state).map((ask) => ask.requestId));
    for (const ask of this.#state.openAsks()) if (!waiting.has(ask.requestId)) this.#state.askReplied(ask.requestId);
  }

  async #speak(messages: StoredMessage[]): Promise<void> {
    if (!this.#context.live()) return;
    const session = { id: this.#sessionId, messages };
    if (await sendPrompts({ context: this.#context, state: this.#state, client: this.#client }, session))
      this.#heardAt = Date.now();
  }

  /** The session's messages and those of its sub-agents as steps, which change nothing where they were done before. */
  async #readMessages(): Promise<StoredMessage[]> {
    const messages = await this.#client.messages(this.#sessionId);
    await this.#takeMessages(ofThisRun(messages, this.#context.runId));
    for (const childId of this.#view.children.keys()) await this.#takeMessages(await this.#client.messages(childId));
    return messages;
  }

  async #takeMessages(messages: StoredMessage[]): Promise<void> {
    for (const message of messages) {
      const mapped = mapMessage(this.#view, message);
      this.#view = mapped.view;
      for (const step of mapped.steps) await this.#do(step);
    }
  }

  async #take(event: unknown): Promise<void> {
    const mapped = mapEvent(this.#view, event);
    this.#view = mapped.view;
    if (mapped.steps.length > 0) this.#heardAt = Date.now();
    for (const step of mapped.steps) {
      if (!this.#context.live()) return;
      await this.#do(step);
    }
    if (this.#lookDue) await this.#look();
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case "ask_permission":
        return takePermission(this.#asking, step.request, { key: step.key, root: this.#view.root });
      case "ask_question":
        return takeQuestion(this.#asking, step.request, step.parent);
      case "look_idle":
        this.#lookDue = true;
        return;
      case "note_failure":
        this.#failure = step.failure.name === "MessageAbortedError" ? null : messageOf(step.failure);
        return;
      case "note_retry":
        return step.attempt < MAX_RETRIES ? undefined : this.#giveUp(step.message);
      default:
        if (step.do === "end_item") this.#changed ||= step.changesFiles;
        await this.#transcript.apply(step);
        if (step.do === "close_group") await this.#tellChanges();
    }
  }

  async #tellChanges(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    const changes = await this.#context.world.sandbox(this.#context.order).changes();
    if (changes.ok && this.#context.live())
      this.#context.reporter.report({ type: "changes.changed", files: changes.value.files.length });
  }

  /** Looks whether there is something to say or to decide, and whether the session has come to its end. */
  async #look(): Promise<void> {
    this.#lookDue = false;
    await this.#deliver();
    if (this.#context.store.hasSteers(this.#context.runId)) await this.#speak([]);
    if (!this.#context.live() || (await this.#client.isBusy(this.#sessionId))) return;
    const messages = await this.#readMessages();
    if (!this.#context.live()) return;
    if (this.#state.openAsks().length === 0 && isEnded(messages.at(-1))) return this.#conclude(messages);
    if (Date.now() - this.#heardAt >= LOST_MS) await this.#goOnAfterLoss(messages);
  }

  async #goOnAfterLoss(messages: StoredMessage[]): Promise<void> {
    if (this.#failure !== null) return failRun(this.#context, "model_failed", modelProblem(this.#failure));
    await recover(this.#context, this.#state, messages);
    await this.#speak(messages);
  }

  async #conclude(messages: StoredMessage[]): Promise<void> {
    const context = this.#context;
    const failure = messages.at(-1)?.info.error;
    if (failure) return failRun(context, "model_failed", modelProblem(messageOf(failure)));
    await this.#tellChanges();
    await this.#client.dropToken();
    const title = context.order.wantsTitle ? await suggestTitle(context) : undefined;
    if (context.store.hasSteers(context.runId)) {
      await this.#client.putToken(await context.world.runToken(context.order));
      return this.#speak([]);
    }
    context.finish({ status: "succeeded", stopReason: "completed", problem: null, ...(title ? { title } : {}) });
  }

  async #giveUp(why: string): Promise<void> {
    await this.#client.abort(this.#sessionId);
    failRun(this.#context, "model_failed", modelProblem(why));
  }

  /** No key of ours stays in the sandbox while people think. */
  async #waits(): Promise<Outcome> {
    await this.#client.dropToken();
    const [first] = undecided(this.#context, this.#state);
    if (first && this.#context.live()) waitFor(this.#context, first.kind === "question" ? "question" : "approval");
    return "waits";
  }
}

/** The bus ended while the run did not. */
class BusEnded extends OpenCodeGone {}

async function pump(bus: ReadableStream<Uint8Array>, queue: EventQueue, signal: AbortSignal): Promise<void> {
  try {
    for await (const event of readBus(bus, signal)) queue.push(event);
  } catch {
    // A bus that breaks has ended.
  } finally {
    queue.end();
  }
}

/** The messages since the run's prompt; what came before belongs to other runs. */
function ofThisRun(messages: StoredMessage[], runId: string): StoredMessage[] {
  const mine = promptPartsOf(runId);
  const first = messages.findIndex((message) => message.parts.some((part) => part?.id.startsWith(mine)));
  return first < 0 ? [] : messages.slice(first);
}

function hasOpenWork(message: StoredMessage | undefined): boolean {
  return message?.info.role === "assistant" && !isEnded(message);
}

function isEnded(message: StoredMessage | undefined): boolean {
  const { role, time, error } = message?.info ?? {};
  return role === "assistant" && (time?.completed !== undefined || error !== undefined);
}

/** What went wrong in words; providers' own answers come as JSON. */
function messageOf({ name, data }: Failure): string {
  try {
    const inner: unknown = JSON.parse(data.message);
    const said = (inner as { message?: unknown } | null)?.message;
    if (typeof said === "string") return said;
  } catch {}
  return data.message || name;
}

function modelProblem(said: string): Problem {
  return { code: "upstream_failed", detail: maskTokens(said).slice(0, 1_000) || "The model failed." };
}
