import { abortAllDurableObjects } from "cloudflare:test";
import type { Snapshot } from "#contract/conversation";
import type { Envelope } from "#contract/event";
import { newId } from "#platform/new-id";
import { Chance } from "./chance.ts";
import { type AnyCommand, makeRig, type Part, pause, type Rig, tell } from "./rig.ts";
import { TestViewer } from "./viewer.ts";

/** A message whose command was acknowledged. */
export interface Posted {
  messageId: string;
  content: string;
}

/** What people did to a conversation, and what must be true of it afterwards. */
export interface Played {
  rig: Rig;
  posted: Posted[];
  /** The first stays for as long as it can, the others come and go. */
  viewers: TestViewer[];
  /** A program that asks for what came since, and what it was given. */
  polled: Envelope[];
  /** Forks that were made on the way. */
  forks: { id: string; atSeq: number }[];
  /** Every act in order, for whoever has to understand a failure. */
  trail: string[];
}

const PARTS = ["conversation", "thread", "sandbox"] as const;
const SETTLE_MS = 20_000;

/** Lets people and faults act on one conversation at random for so many steps, and waits until all of it is over. */
export async function play(seed: number, steps: number, cast: Cast): Promise<Played> {
  const chance = new Chance(seed);
  const autonomy = chance.weighted({ ask: 1, auto: 1, auto_safe: 1 });
  const rig = await makeRig({ autonomy });
  const viewers = Array.from({ length: CASTS[cast].viewers }, () => new TestViewer(rig));
  const trail = [`seed ${seed}, ${cast}, ${autonomy}`];
  const player = new Player({ rig, posted: [], viewers, polled: [], forks: [], trail }, chance, cast);
  for (const one of viewers) await one.connect();
  for (let step = 0; step < steps; step++) {
    await player.act();
    if (chance.next() < 0.6) await pause(chance.below(40));
    for (const one of viewers) if (!one.connected && chance.next() < 0.7) await one.connect();
  }
  await player.settle();
  return player.played;
}

function isBusy({ head }: Snapshot): boolean {
  return head.threads.some((one) => one.activeRunId !== null || one.queue.length > 0);
}

const ACTS = {
  post: 30,
  cancel: 6,
  answer: 14,
  edit: 3,
  unqueue: 2,
  reorder: 2,
  remove: 1,
  evict: 12,
  abort: 4,
  alarm: 8,
  drop: 6,
} as const;

/**
 * Who acts, and what they do. A cast that is kept with a seed keeps its acts and their weights, so that the seed plays the same
 * scene again.
 */
const CASTS = {
  pair: { viewers: 2, people: 2, acts: { ...ACTS, poll: 0, fork: 0, stop: 0 } },
  crowd: { viewers: 5, people: 3, acts: { ...ACTS, drop: 12, poll: 10, fork: 3, stop: 2 } },
} as const;
export type Cast = keyof typeof CASTS;
type Act = keyof (typeof CASTS)["crowd"]["acts"];

class Player {
  readonly played: Played;
  readonly #chance: Chance;
  readonly #cast: (typeof CASTS)[Cast];
  #tokens = 0;
  readonly #acts: { [A in Act]: (snapshot: Snapshot) => Promise<unknown> };

  constructor(played: Played, chance: Chance, cast: Cast) {
    this.played = played;
    this.#chance = chance;
    this.#cast = CASTS[cast];
    this.#acts = {
      post: () => this.#post(),
      cancel: (now) => this.#onRun(now, "run.cancel"),
      answer: (now) => this.#answer(now),
      edit: (now) => this.#edit(now),
      unqueue: (now) => this.#onQueued(now, "queue.remove"),
      reorder: (now) => this.#reorder(now),
      remove: (now) => this.#remove(now),
      evict: () => this.#evict(),
      abort: () => this.#abort(),
      alarm: () => this.#alarm(),
      drop: async () => this.#drop(),
      poll: () => this.#poll(),
      fork: (now) => this.#fork(now),
      stop: () => this.#stop(),
    };
  }

  async act(): Promise<void> {
    const act = this.#chance.weighted<Act>(this.#cast.acts);
    this.#note(act);
    await this.#acts[act](await this.played.rig.snapshot());
  }

  /** People answer what is asked and wait; the objects' clocks go off until nothing is left to do. */
  async settle(): Promise<void> {
    const { rig, viewers } = this.played;
    const end = Date.now() + SETTLE_MS;
    for (let now = await rig.snapshot(); isBusy(now); now = await rig.snapshot()) {
      if (Date.now() > end) throw new Error(`it does not come to rest\n${tell(now)}\n${this.played.trail.join("\n")}`);
      await this.#answer(now);
      for (const part of PARTS) await rig.alarm(part);
      await pause(60);
    }
    await Promise.all(viewers.map((one) => one.connected || one.connect()));
    for (let more = true; more; ) more = await this.#poll();
  }

  #note(line: string): void {
    this.played.trail.push(line);
  }

  /** A command as a client gives it: now and then twice, always with one key. */
  async #command(command: AnyCommand) {
    const { rig } = this.played;
    const who = this.#chance.next() < 0.8 ? rig.ada : this.#other();
    const keyed = { clientId: newId("request"), ...command };
    const repeated = this.#chance.next() < 0.15 ? rig.command(who, keyed) : null;
    const result = await rig.command(who, keyed);
    const again = await repeated;
    this.#note(`  ${command.type} ${result.ok ? "ok" : result.problem.code}`);
    if (again?.ok && result.ok && again.value.messageId !== result.value.messageId)
      throw new Error(`one key, two messages: ${result.value.messageId} and ${again.value.messageId}`);
    if (!result.ok && result.problem.code === "rate_limited") await pause(400);
    return result;
  }

  async #post(): Promise<void> {
    const mode = this.#chance.weighted({ auto: 6, queue: 2, steer: 4, interrupt: 2 });
    const count = 1 + this.#chance.below(3);
    const content = Array.from({ length: count }, () => this.#directive()).join("\n");
    this.#note(`  ${mode}: ${content.replaceAll("\n", " / ")}`);
    const result = await this.#command({ type: "message.post", content, attachments: [], mode });
    if (result.ok) this.played.posted.push({ messageId: result.value.messageId ?? "", content });
  }

  #directive(): string {
    this.#tokens += 1;
    const token = `t${this.#tokens}`;
    const kind = this.#chance.weighted({
      say: 5,
      run: 8,
      slow: 3,
      write: 2,
      edit: 1,
      ask: 2,
      wait: 2,
      think: 2,
      fail: 1,
    });
    const lines = {
      say: `say: ${token} ${"lorem ipsum dolor sit amet ".repeat(1 + this.#chance.below(8))}`,
      run: `run: echo ${token} >> ran.log`,
      slow: `run: echo ${token} >> ran.log; sleep 0.${1 + this.#chance.below(3)}; echo done`,
      write: `write ${token}.txt:\n\`\`\`\n${token}\n\`\`\``,
      edit: "edit ran.log: t1 => t1",
      ask: `ask: ${token}? | yes | no`,
      wait: `wait: 0.0${1 + this.#chance.below(9)}`,
      think: `think: ${token} is to be thought about at some length`,
      fail: `fail: ${token} went wrong`,
    };
    return lines[kind];
  }

  async #onRun(now: Snapshot, type: "run.cancel"): Promise<void> {
    const runId = now.head.threads[0]?.activeRunId;
    if (runId) await this.#command({ type, runId });
  }

  async #onQueued(now: Snapshot, type: "queue.remove"): Promise<void> {
    const runId = now.head.threads[0]?.queue[0];
    if (runId) await this.#command({ type, runId });
  }

  async #reorder(now: Snapshot): Promise<void> {
    const thread = now.head.threads[0];
    if (thread && thread.queue.length > 1)
      await this.#command({ type: "queue.reorder", threadId: thread.id, queue: [...thread.queue].reverse() });
  }

  async #edit(now: Snapshot): Promise<void> {
    const messageId = this.#queuedMessage(now);
    if (messageId) await this.#command({ type: "message.edit", messageId, content: this.#directive() });
  }

  async #remove(now: Snapshot): Promise<void> {
    const messageId = this.#queuedMessage(now);
    if (messageId) await this.#command({ type: "message.delete", messageId });
  }

  #queuedMessage(now: Snapshot): string | undefined {
    const runId = now.head.threads[0]?.queue.at(-1);
    return now.runs.find((run) => run.id === runId)?.messageId;
  }

  async #answer(now: Snapshot): Promise<void> {
    const [approval] = now.head.approvals;
    const [question] = now.head.questions;
    if (approval) {
      const decision = this.#chance.weighted({ approve: 6, always: 1, deny: 2 });
      await this.#command({ type: "approval.decide", approvalId: approval.id, decision });
    }
    if (!question) return;
    const questionId = question.id;
    if (this.#chance.next() < 0.2) await this.#command({ type: "question.dismiss", questionId });
    else await this.#command({ type: "question.answer", questionId, answers: ["yes"] });
  }

  async #evict(): Promise<void> {
    const part = this.#part();
    const startedMs = Date.now();
    const happened = await this.played.rig.evict(part);
    this.#note(`  ${part} ${happened}, ${Date.now() - startedMs} ms`);
  }

  async #abort(): Promise<void> {
    await abortAllDurableObjects();
    for (const one of this.played.viewers) one.drop();
  }

  /** Whoever else takes part. */
  #other() {
    const { bea, cleo } = this.played.rig;
    return this.#cast.people > 2 && this.#chance.next() < 0.5 ? cleo : bea;
  }

  #drop(): void {
    const { viewers } = this.played;
    const comers = viewers.length - 1;
    viewers[comers > 1 ? 1 + this.#chance.below(comers) : 1]?.drop();
  }

  /** Asks for what came since, a few events at a time; whether there was anything. */
  async #poll(): Promise<boolean> {
    const { rig, polled } = this.played;
    const since = polled.at(-1)?.seq ?? 0;
    const given = await rig.eventsSince(since, 40);
    polled.push(...given);
    return given.length > 0;
  }

  /** Now and then the fork is looked at while everything goes on. */
  async #fork(now: Snapshot): Promise<void> {
    const { rig, forks } = this.played;
    const atSeq = 1 + this.#chance.below(now.seq);
    const result = await this.#command({ type: "fork", atSeq });
    if (!result.ok || !result.value.conversationId) return;
    forks.push({ id: result.value.conversationId, atSeq });
    if (this.#chance.next() < 0.5) await rig.logOf(result.value.conversationId).catch(() => []);
  }

  async #stop(): Promise<void> {
    const stopped = await this.played.rig.stopSandbox();
    this.#note(`  ${stopped.ok ? stopped.value.state : stopped.problem.code}`);
  }

  async #alarm(): Promise<void> {
    const part = this.#part();
    const times = this.#chance.below(2) + 1;
    await Promise.all(Array.from({ length: times }, () => this.played.rig.alarm(part)));
    this.#note(`  ${part} ${times} times`);
  }

  #part(): Part {
    return this.#chance.weighted({ conversation: 4, thread: 4, sandbox: 2 });
  }
}
