import type { Command } from "#contract/command";
import type { ConversationSummary, Snapshot } from "#contract/conversation";
import type { Envelope, Event } from "#contract/event";
import type { ServerFrame } from "#contract/frame";
import type { Problem } from "#contract/problem";
import { NO_USAGE } from "#contract/usage";
import { type ConversationState, evolve, stateOf } from "#domain/conversation/evolve";
import { finished, fresh, running } from "./conversations.ts";
import { workspaceAnswer } from "./fake-workspace.ts";
import {
  ADA,
  AGENT,
  id,
  itemOf,
  me,
  messageOf,
  models,
  providers,
  repositories,
  runOf,
  spaces,
  THREAD,
} from "./fixtures.ts";

interface Live {
  state: ConversationState;
  log: Envelope[];
  readers: Set<(frame: ServerFrame) => void>;
  done: Map<string, number>;
}

/** The api in memory, for looking at the pages without the rest of the product. One of everything, nothing stored. */
export class FakeApi {
  readonly #conversations = new Map<string, Live>();
  #next = 1000;
  empty = false;

  constructor() {
    for (const one of [finished(), running(), fresh(3)]) this.#add(one);
  }

  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const parts = url.pathname.split("/").slice(2);
    const answer = this.#route({ request, url, parts });
    if (answer === null) return problemAnswer({ code: "not_found", detail: "There is no such thing." }, 404);
    return answer instanceof Response ? answer : Response.json(await answer);
  }

  attach(conversationId: string, send: (frame: ServerFrame) => void): (frame: unknown) => void {
    const live = this.#conversations.get(conversationId);
    if (!live) return () => undefined;
    live.readers.add(send);
    send({ type: "hello", seq: live.state.seq, live: [], memberId: ADA, snapshot: snapshotFrom(live.state) });
    send({
      type: "presence",
      members: [
        { memberId: ADA, name: me.member.name, state: "viewing" },
        { memberId: id("mem", 2), name: "Grace Hopper", state: "typing" },
      ],
    });
    return (frame) => {
      const { type, id: frameId, command } = frame as { type: string; id: string; command: Command };
      if (type !== "command") return;
      const seq = live.done.get(frameId) ?? this.#do(live, command);
      live.done.set(frameId, seq);
      send({ type: "ack", id: frameId, result: { seq } });
    };
  }

  detach(conversationId: string, send: (frame: ServerFrame) => void): void {
    this.#conversations.get(conversationId)?.readers.delete(send);
  }

  #route({ request, url, parts }: { request: Request; url: URL; parts: string[] }): unknown {
    const [noun = "", which] = parts;
    const posted = request.method === "POST";
    const page = <T>(items: T[]) => ({ items: this.empty ? [] : items, nextCursor: null });
    const answers: Record<string, () => unknown> = {
      me: () => me,
      models: () => ({ items: this.empty ? models.slice(0, 1) : models }),
      repositories: () => (posted ? repositories[0] : page(repositories)),
      providers: () => providerAnswer(request, parts) ?? page(providers),
      spaces: () => (which ? spaces[0] : page(spaces)),
      budgets: () => ({
        month: "2026-11",
        monthMicroUsd: 50_000_000,
        spentMicroUsd: 12_340_000,
        reservedMicroUsd: 0,
        conversationMicroUsd: null,
        unpricedModels: [],
        rev: 1,
      }),
      files: () => ({ id: id("fil", this.#next++), name: "a.png", mime: "image/png", size: 1, createdAt: now() }),
      conversations: () => {
        if (which) return this.#one(which, { request, url, parts });
        return posted ? this.#create() : page(this.#list(url.searchParams.get("q") ?? ""));
      },
    };
    return answers[noun]?.() ?? null;
  }

  #one(which: string, { request, url, parts }: { request: Request; url: URL; parts: string[] }): unknown {
    const rest = parts.slice(2);
    const live = this.#conversations.get(which);
    if (!live) return null;
    if (rest.length === 0) return snapshotFrom(live.state);
    return rest[0] === "messages" ? this.#post(live, request) : workspaceAnswer(request, url, rest);
  }

  #list(q: string): ConversationSummary[] {
    return [...this.#conversations.values()]
      .map(({ state }, index) => summaryOf(state, index))
      .filter((one) => one.title.toLowerCase().includes(q.toLowerCase()));
  }

  #create(): Snapshot {
    const made = fresh(this.#next++);
    this.#add(made);
    return made;
  }

  #add(one: Snapshot): void {
    this.#conversations.set(one.head.id, { state: stateOf(one), log: [], readers: new Set(), done: new Map() });
  }

  async #post(live: Live, request: Request) {
    const { content } = (await request.json()) as { content: string };
    return { seq: this.#do(live, { type: "message.post", clientId: "c", content, attachments: [], mode: "auto" }) };
  }

  #append(live: Live, event: Event): void {
    const envelope: Envelope = {
      seq: live.state.seq + 1,
      at: now(),
      conversationId: live.state.head?.id ?? "",
      by: { memberId: ADA, kind: "human" },
      event,
    };
    evolve(live.state, envelope);
    live.log.push(envelope);
    for (const send of live.readers) send({ type: "events", events: [envelope] });
  }

  #do(live: Live, command: Command): number {
    const append = (event: Event) => this.#append(live, event);
    if (command.type === "message.post") this.#speak(live, command.content);
    else if (command.type === "conversation.rename")
      append({ type: "conversation.renamed", title: command.title, titleBy: "person" });
    else if (command.type === "approval.decide")
      append({ ...command, type: "approval.decided", memberId: ADA, reason: command.reason ?? null });
    else if (command.type === "question.answer") append({ ...command, type: "question.answered", memberId: ADA });
    else if (command.type === "queue.reorder")
      append({ type: "run.queue_changed", threadId: THREAD, queue: command.queue });
    else if (command.type === "read.move") append({ type: "read.moved", memberId: ADA, seq: command.seq });
    else if (command.type === "run.cancel")
      append({
        ...command,
        type: "run.finished",
        status: "cancelled",
        stopReason: "stop",
        usage: NO_USAGE,
        problem: null,
      });
    return live.state.seq;
  }

  /** Posts, starts a run, and streams an answer in small pieces. */
  #speak(live: Live, content: string): void {
    const n = this.#next++;
    const { seq: _m, ...message } = messageOf(n, { content, createdAt: now(), runId: id("run", n) });
    const {
      seq: _r,
      endSeq: _e,
      ...run
    } = runOf(n, { status: "running", startedAt: now(), finishedAt: null, agentId: AGENT });
    const { seq: _i, ...item } = itemOf(n, { runId: id("run", n), status: "in_progress", startedAt: now() });
    this.#append(live, { type: "message.posted", message });
    this.#append(live, { type: "run.started", run });
    this.#append(live, { type: "item.started", item: { ...item, completedAt: null } });
    const words = `You wrote: **${content.slice(0, 80)}**. `.repeat(6).split(" ");
    let said = "";
    const timer = setInterval(() => {
      const word = words.shift();
      if (word !== undefined) {
        const text = `${word} `;
        for (const send of live.readers) send({ type: "delta", itemId: item.id, offset: said.length, text });
        said += text;
        return;
      }
      clearInterval(timer);
      this.#append(live, {
        type: "item.completed",
        item: { ...item, status: "completed", text: said, completedAt: now() },
      });
      const usage = { ...NO_USAGE, inputTokens: 100, outputTokens: 60, costMicroUsd: 900 };
      this.#append(live, {
        type: "run.finished",
        runId: run.id,
        status: "succeeded",
        stopReason: "end",
        usage,
        problem: null,
      });
    }, 40);
  }
}

function now(): string {
  return new Date().toISOString();
}

function snapshotFrom(state: ConversationState): Snapshot {
  if (!state.head) throw new Error("a conversation without a head");
  return {
    seq: state.seq,
    head: state.head,
    messages: [...state.messages.values()],
    runs: [...state.runs.values()],
    groups: [...state.groups.values()],
    items: [...state.items.values()],
    fromSeq: state.fromSeq,
    fromItemSeq: state.fromItemSeq,
  };
}

function summaryOf(state: ConversationState, index: number): ConversationSummary {
  const { head } = snapshotFrom(state);
  const newest = [...state.runs.values()].filter((one) => one.status !== "queued").at(-1);
  return {
    id: head.id,
    kind: head.kind,
    title: head.title,
    repository: head.repository,
    spaceId: head.spaceId,
    createdBy: head.createdBy,
    createdAt: head.createdAt,
    updatedAt: new Date(Date.now() - index * 4_000_000).toISOString(),
    archivedAt: head.archivedAt,
    runStatus: newest?.status ?? null,
    pendingAsks: head.approvals.length + head.questions.length,
    lastSeq: state.seq,
    unread: index === 1,
    preview: [...state.messages.values()].at(-1)?.content ?? "",
    usage: head.usage,
  };
}

function providerAnswer(request: Request, parts: string[]): unknown {
  if (parts.at(-1) === "check") return { reachable: true, detail: "", latencyMs: 83, models: ["llama", "qwen"] };
  return request.method === "GET" ? null : providers[0];
}

function problemAnswer(problem: Problem, status: number): Response {
  return Response.json({ type: "about:blank", title: "Problem", status, ...problem }, { status });
}
