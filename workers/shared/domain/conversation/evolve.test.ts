import { describe, expect, test } from "vitest";
import type { Approval, Question } from "#contract/ask";
import type { ConversationHead } from "#contract/conversation";
import type { Envelope, Event } from "#contract/event";
import type { Message } from "#contract/message";
import type { Item, Run } from "#contract/run";
import { NO_USAGE, type Usage } from "#contract/usage";
import { emptyState, evolve, stateOf } from "./evolve.ts";

const AT = "2026-11-20T08:00:00.000Z";
const id = (prefix: string, n: number) => `${prefix}_${n.toString(16).padStart(32, "0")}`;

const head: ConversationHead = {
  id: id("cnv", 1),
  kind: "coding",
  title: "New conversation",
  titleBy: "default",
  createdAt: AT,
  createdBy: id("mem", 1),
  archivedAt: null,
  repository: null,
  sandboxId: null,
  settings: { executor: "edge", model: "demo/scripted", autonomy: "ask" },
  threads: [{ id: id("thr", 1), agentId: id("agt", 1), activeRunId: null, queue: [], contextTokens: null }],
  participants: [{ memberId: id("mem", 1), kind: "human", name: "Ada", readSeq: 0 }],
  approvals: [],
  questions: [],
  allowed: [],
  sandbox: { state: "none", detail: null, driver: null, snapshot: null },
  snapshots: [],
  restoreFrom: null,
  ports: [],
  changedFiles: 0,
  usage: NO_USAGE,
  rev: 1,
};

const run = (n: number, changes: Partial<Run> = {}): Omit<Run, "seq"> => ({
  id: id("run", n),
  threadId: id("thr", 1),
  agentId: id("agt", 1),
  messageId: id("msg", n),
  executor: "edge",
  model: "demo/scripted",
  autonomy: "ask",
  status: "queued",
  waitingFor: null,
  epoch: 1,
  retryOf: null,
  queuedAt: AT,
  startedAt: null,
  finishedAt: null,
  stopReason: null,
  problem: null,
  usage: NO_USAGE,
  ...changes,
});

const item = (n: number, changes: Partial<Item> = {}): Omit<Item, "seq"> => ({
  id: id("itm", n),
  runId: id("run", 1),
  groupId: null,
  parentId: null,
  kind: "command",
  status: "in_progress",
  title: "Run npm test",
  text: "",
  truncation: null,
  detail: { command: "npm test" },
  startedAt: AT,
  completedAt: null,
  ...changes,
});

const message = (n: number): Omit<Message, "seq"> => ({
  id: id("msg", n),
  authorId: id("mem", 1),
  authorKind: "human",
  content: `message ${n}`,
  attachments: [],
  mode: "auto",
  runId: null,
  reactions: [],
  createdAt: AT,
  editedAt: null,
  deletedAt: null,
});

const approval: Approval = {
  id: id("apr", 1),
  runId: id("run", 1),
  itemId: id("itm", 1),
  tool: "bash",
  summary: "npm test",
  args: {},
  digest: "d",
  pattern: "npm test*",
  status: "pending",
  scope: null,
  decidedBy: null,
  reason: null,
  requestedAt: AT,
  expiresAt: AT,
};

const question: Question = {
  id: id("qst", 1),
  runId: id("run", 1),
  itemId: id("itm", 1),
  text: "Which?",
  options: [{ label: "A" }],
  multiple: false,
  allowCustom: true,
  status: "pending",
  answers: [],
  answeredBy: null,
  askedAt: AT,
  expiresAt: AT,
};

function fold(...events: Event[]) {
  const state = emptyState();
  const all: Event[] = [{ type: "conversation.created", head }, ...events];
  for (const [index, event] of all.entries()) evolve(state, envelope(index + 1, event));
  return state;
}

function envelope(seq: number, event: Event): Envelope {
  return { seq, at: AT, conversationId: head.id, by: { memberId: id("mem", 1), kind: "human" }, event };
}

describe("evolve", () => {
  test("gives a message the seq of its envelope, and replaces it when it changes", () => {
    const state = fold({ type: "message.posted", message: message(1) });
    const first = state.messages.get(id("msg", 1));
    expect(first?.seq).toBe(2);
    evolve(state, envelope(3, { type: "message.edited", messageId: id("msg", 1), content: "new" }));
    expect(state.messages.get(id("msg", 1))).toMatchObject({ content: "new", editedAt: AT, seq: 2 });
    expect(first?.content).toBe("message 1");
  });

  test("ignores what is already folded, but moves over types it does not know", () => {
    const state = fold({ type: "message.posted", message: message(1) });
    evolve(state, envelope(2, { type: "message.edited", messageId: id("msg", 1), content: "old news" }));
    expect(state.messages.get(id("msg", 1))?.content).toBe("message 1");
    evolve(state, envelope(3, { type: "from.the.future" } as unknown as Event));
    expect(state.seq).toBe(3);
  });

  test("a queued run starts in its place, waits, resumes and finishes", () => {
    const state = fold({ type: "run.queued", run: run(1) }, { type: "run.queued", run: run(2) });
    expect(state.head?.threads[0]?.queue).toEqual([id("run", 1), id("run", 2)]);
    evolve(state, envelope(4, { type: "run.started", run: run(1, { status: "running", startedAt: AT }) }));
    expect(state.runs.get(id("run", 1))).toMatchObject({ status: "running", seq: 2 });
    expect(state.head?.threads[0]).toMatchObject({ activeRunId: id("run", 1), queue: [id("run", 2)] });
    evolve(state, envelope(5, { type: "run.waiting", runId: id("run", 1), reason: "approval" }));
    expect(state.runs.get(id("run", 1))).toMatchObject({ status: "waiting", waitingFor: "approval" });
    evolve(state, envelope(6, { type: "run.resumed", runId: id("run", 1), epoch: 2 }));
    expect(state.runs.get(id("run", 1))).toMatchObject({ status: "running", waitingFor: null, epoch: 2 });
    const usage = { ...NO_USAGE, inputTokens: 7 };
    evolve(
      state,
      envelope(7, {
        type: "run.finished",
        runId: id("run", 1),
        status: "succeeded",
        stopReason: "end",
        usage,
        problem: null,
      }),
    );
    expect(state.runs.get(id("run", 1))).toMatchObject({ status: "succeeded", finishedAt: AT, usage });
    expect(state.head?.threads[0]).toMatchObject({ activeRunId: null, queue: [id("run", 2)] });
  });

  test("finishing a queued run leaves the active one alone", () => {
    const state = fold(
      { type: "run.started", run: run(1, { status: "running" }) },
      { type: "run.queued", run: run(2) },
      {
        type: "run.finished",
        runId: id("run", 2),
        status: "cancelled",
        stopReason: "removed",
        usage: NO_USAGE,
        problem: null,
      },
    );
    expect(state.head?.threads[0]).toMatchObject({ activeRunId: id("run", 1), queue: [] });
  });

  test("items keep the seq of their start; updates merge detail", () => {
    const state = fold(
      { type: "run.started", run: run(1) },
      { type: "item.started", item: item(1) },
      { type: "item.updated", itemId: id("itm", 1), changes: { detail: { exitCode: 1 } } },
    );
    expect(state.items.get(id("itm", 1))?.detail).toEqual({ command: "npm test", exitCode: 1 });
    evolve(state, envelope(5, { type: "item.completed", item: item(1, { status: "completed", text: "ok" }) }));
    expect(state.items.get(id("itm", 1))).toMatchObject({ status: "completed", text: "ok", seq: 3 });
  });

  test("an item completed without a start is added only when its run is wholly in the window", () => {
    const events: Event = { type: "item.completed", item: item(1) };
    expect(fold({ type: "run.started", run: run(1) }, events).items.size).toBe(1);
    const window = stateOf({ seq: 9, head, messages: [], runs: [], groups: [], items: [], fromSeq: 8 });
    expect(evolve(window, envelope(10, events)).items.size).toBe(0);
    expect(window.seq).toBe(10);
  });

  test("only pending asks stay in the head; `always` is remembered once", () => {
    const state = fold({ type: "approval.requested", approval }, { type: "question.asked", question });
    expect(state.head?.approvals).toHaveLength(1);
    expect(state.head?.questions).toHaveLength(1);
    const decided = { type: "approval.decided", memberId: id("mem", 1), reason: null } as const;
    evolve(state, envelope(4, { ...decided, approvalId: approval.id, decision: "always" }));
    evolve(
      state,
      envelope(5, { type: "question.answered", questionId: question.id, answers: ["A"], memberId: id("mem", 1) }),
    );
    expect(state.head).toMatchObject({ approvals: [], questions: [] });
    expect(state.head?.allowed).toEqual([{ tool: "bash", pattern: "npm test*" }]);
  });

  test("usage adds up in the head and in the run", () => {
    const usage = { inputTokens: 10, outputTokens: 2, cachedTokens: 1, costMicroUsd: 5 };
    const recorded: Event = { type: "usage.recorded", runId: id("run", 1), model: "m", usage };
    const state = fold({ type: "run.started", run: run(1) }, recorded, recorded);
    expect(state.head?.usage).toEqual({ inputTokens: 20, outputTokens: 4, cachedTokens: 2, costMicroUsd: 10 });
    expect(state.runs.get(id("run", 1))?.usage.inputTokens).toBe(20);
  });

  test("tokens without a price add up beside those that have one", () => {
    const used = { inputTokens: 10, outputTokens: 2, cachedTokens: 0, costMicroUsd: 5 };
    const recorded = (usage: Usage): Event => ({ type: "usage.recorded", runId: id("run", 1), model: "m", usage });
    const state = fold({ type: "run.started", run: run(1) }, recorded(used), recorded({ ...used, unpricedTokens: 12 }));
    expect(state.head?.usage).toMatchObject({ costMicroUsd: 10, unpricedTokens: 12 });
    expect(fold({ type: "run.started", run: run(1) }, recorded(used)).head?.usage).not.toHaveProperty("unpricedTokens");
  });

  test("CV70 the window holds what the newest step read and wrote, not what titles and summaries took", () => {
    const recorded = (inputTokens: number, purpose?: "title" | "summary"): Event => ({
      type: "usage.recorded",
      runId: id("run", 1),
      model: "m",
      usage: { ...NO_USAGE, inputTokens, outputTokens: 5 },
      ...(purpose ? { purpose } : {}),
    });
    const state = fold(
      { type: "run.started", run: run(1) },
      recorded(100),
      recorded(200),
      recorded(7, "title"),
      recorded(9_000, "summary"),
    );
    expect(state.head?.threads[0]?.contextTokens).toBe(205);
    expect(state.head?.usage.inputTokens).toBe(9_307);
  });

  test("read marks only move forward", () => {
    const state = fold(
      { type: "read.moved", memberId: id("mem", 1), seq: 5 },
      { type: "read.moved", memberId: id("mem", 1), seq: 3 },
    );
    expect(state.head?.participants[0]?.readSeq).toBe(5);
  });

  test("conversation events count in rev", () => {
    const state = fold(
      { type: "conversation.renamed", title: "T", titleBy: "person" },
      { type: "conversation.archived" },
      { type: "conversation.restored" },
      { type: "conversation.configured", settings: { autonomy: "auto" } },
    );
    expect(state.head).toMatchObject({ rev: 5, title: "T", archivedAt: null });
    expect(state.head?.settings).toEqual({ executor: "edge", model: "demo/scripted", autonomy: "auto" });
  });

  test("reactions and deletions", () => {
    const reaction = {
      type: "reaction.changed",
      messageId: id("msg", 1),
      memberId: id("mem", 1),
      emoji: "+1",
    } as const;
    const state = fold({ type: "message.posted", message: message(1) }, { ...reaction, present: true });
    expect(state.messages.get(id("msg", 1))?.reactions).toEqual([{ emoji: "+1", memberIds: [id("mem", 1)] }]);
    evolve(state, envelope(4, { ...reaction, present: false }));
    expect(state.messages.get(id("msg", 1))?.reactions).toEqual([]);
    evolve(state, envelope(5, { type: "message.range_deleted", fromSeq: 1, toSeq: 2 }));
    expect(state.messages.get(id("msg", 1))).toMatchObject({ content: "", deletedAt: AT });
  });

  test("a snapshot and its tail equal the whole replay", () => {
    const events: Event[] = [
      { type: "message.posted", message: message(1) },
      { type: "run.started", run: run(1, { status: "running" }) },
      { type: "item.started", item: item(1) },
      { type: "approval.requested", approval },
      { type: "changes.changed", files: 3 },
      { type: "item.completed", item: item(1, { status: "completed" }) },
    ];
    const whole = fold(...events);
    for (let cut = 0; cut <= events.length; cut++) {
      const part = fold(...events.slice(0, cut));
      const tail = stateOf({
        seq: part.seq,
        head: part.head ?? head,
        messages: [...part.messages.values()],
        runs: [...part.runs.values()],
        groups: [...part.groups.values()],
        items: [...part.items.values()],
        fromSeq: 1,
        fromItemSeq: null,
      });
      for (const [index, event] of events.entries()) evolve(tail, envelope(index + 2, event));
      expect(tail).toEqual(whole);
    }
  });
});
