import type { ConversationHead, Participant, Snapshot, Thread } from "#contract/conversation";
import type { Envelope, Event, EventOf, EventType } from "#contract/event";
import type { Message } from "#contract/message";
import type { Group, Item, Run } from "#contract/run";
import type { Usage } from "#contract/usage";
import { snapshotsAfter } from "../sandbox/snapshots.ts";

/** The live state of a conversation: its head and a window of its transcript that begins at `fromSeq`. */
export interface ConversationState {
  seq: number;
  head: ConversationHead | null;
  messages: Map<string, Message>;
  runs: Map<string, Run>;
  groups: Map<string, Group>;
  items: Map<string, Item>;
  fromSeq: number;
  /** Where the oldest run is not here whole: the seq its items begin at. */
  fromItemSeq: number | null;
}

/** The state before the first event. */
export function emptyState(): ConversationState {
  return {
    seq: 0,
    head: null,
    messages: new Map(),
    runs: new Map(),
    groups: new Map(),
    items: new Map(),
    fromSeq: 1,
    fromItemSeq: null,
  };
}

/** The state a snapshot stands for; folding the events after `snapshot.seq` into it gives the live state. */
export function stateOf(snapshot: Snapshot): ConversationState {
  return {
    seq: snapshot.seq,
    head: snapshot.head,
    messages: byId(snapshot.messages),
    runs: byId(snapshot.runs),
    groups: byId(snapshot.groups),
    items: byId(snapshot.items),
    fromSeq: snapshot.fromSeq,
    fromItemSeq: snapshot.fromItemSeq,
  };
}

/**
 * Folds one event into the state, in place, and returns it. Entities are replaced, never mutated, so that a reader can
 * compare by identity. An event that is already folded, of an unknown type, or about an entity outside the window
 * changes no entity; every new event moves `seq`.
 */
export function evolve(state: ConversationState, envelope: Envelope): ConversationState {
  if (envelope.seq <= state.seq) return state;
  state.seq = envelope.seq;
  const handle = HANDLERS[envelope.event.type] as Handler<Event> | undefined;
  handle?.(state, envelope.event, envelope);
  return state;
}

type Handler<E> = (state: ConversationState, event: E, envelope: Envelope) => void;
type Handlers = { [T in EventType]?: Handler<EventOf<T>> };

const HANDLERS: Handlers = {
  "conversation.created": (state, event) => {
    state.head = event.head;
  },
  "conversation.renamed": (state, event) => {
    patchConversation(state, { title: event.title, titleBy: event.titleBy });
  },
  "conversation.archived": (state, _event, { at }) => patchConversation(state, { archivedAt: at }),
  "conversation.restored": (state) => patchConversation(state, { archivedAt: null }),
  "conversation.configured": (state, event) => {
    if (state.head) patchConversation(state, { settings: { ...state.head.settings, ...event.settings } });
  },

  "participant.joined": (state, { memberId, kind, name }) => {
    changeParticipants(state, (list) => {
      const known = list.find((one) => one.memberId === memberId);
      return [
        ...list.filter((one) => one.memberId !== memberId),
        { memberId, kind, name, readSeq: known?.readSeq ?? 0 },
      ];
    });
  },
  "participant.left": (state, { memberId }) => {
    changeParticipants(state, (list) => list.filter((one) => one.memberId !== memberId));
  },
  "read.moved": (state, { memberId, seq }) => {
    changeParticipants(state, (list) =>
      list.map((one) => (one.memberId === memberId && one.readSeq < seq ? { ...one, readSeq: seq } : one)),
    );
  },

  "message.posted": (state, event, { seq }) => {
    state.messages.set(event.message.id, { ...event.message, seq });
  },
  "message.edited": (state, { messageId, content }, { at }) => {
    patch(state.messages, messageId, { content, editedAt: at });
  },
  "message.deleted": (state, { messageId }, { at }) => deleteMessage(state, messageId, at),
  "message.range_deleted": (state, { fromSeq, toSeq }, { at }) => {
    for (const one of [...state.messages.values()])
      if (one.seq >= fromSeq && one.seq <= toSeq) deleteMessage(state, one.id, at);
  },
  "reaction.changed": changeReaction,

  "run.queued": (state, { run }, { seq }) => {
    state.runs.set(run.id, { ...run, seq, endSeq: null });
    promptOf(state, run);
    changeThread(state, run, (thread) => ({ ...thread, queue: [...without(thread.queue, run.id), run.id] }));
  },
  "run.started": (state, { run }, { seq }) => {
    state.runs.set(run.id, { ...run, seq: state.runs.get(run.id)?.seq ?? seq, endSeq: null });
    promptOf(state, run);
    changeThread(state, run, (thread) => ({
      ...thread,
      activeRunId: run.id,
      queue: without(thread.queue, run.id),
    }));
  },
  "run.waiting": (state, { runId, reason }) => {
    patch(state.runs, runId, { status: "waiting", waitingFor: reason });
  },
  "run.resumed": (state, { runId, epoch }) => {
    patch(state.runs, runId, { status: "running", waitingFor: null, epoch });
  },
  "run.finished": finishRun,
  "run.queue_changed": (state, { threadId, queue }) => {
    changeThreads(state, (thread) => (thread.id === threadId ? { ...thread, queue } : thread));
  },

  "group.opened": (state, { group }, { seq }) => {
    state.groups.set(group.id, { ...group, seq });
  },
  "group.closed": (state, { groupId }) => patch(state.groups, groupId, { closed: true }),
  "item.started": (state, { item }, { seq }) => {
    state.items.set(item.id, { ...item, seq });
  },
  "item.updated": (state, { itemId, changes }) => {
    const known = state.items.get(itemId);
    if (known) patch(state.items, itemId, { ...changes, detail: { ...known.detail, ...changes.detail } });
  },
  "item.completed": completeItem,

  "approval.requested": (state, { approval }) => {
    patchHead(state, ({ approvals }) => ({
      approvals: [...approvals.filter((one) => one.id !== approval.id), approval],
    }));
  },
  "approval.decided": decideApproval,
  "approval.expired": (state, { approvalId }) => dropApproval(state, approvalId),
  "question.asked": (state, { question }) => {
    patchHead(state, ({ questions }) => ({
      questions: [...questions.filter((one) => one.id !== question.id), question],
    }));
  },
  "question.answered": (state, { questionId }) => dropQuestion(state, questionId),
  "question.dismissed": (state, { questionId }) => dropQuestion(state, questionId),
  "question.expired": (state, { questionId }) => dropQuestion(state, questionId),

  "sandbox.changed": (state, { sandbox }) => {
    patchHead(state, ({ snapshots }) => ({ sandbox, snapshots: snapshotsAfter(snapshots, sandbox.snapshot) }));
  },
  "port.opened": (state, { port }) => {
    patchHead(state, ({ ports }) => ({ ports: [...ports.filter((one) => one.port !== port.port), port] }));
  },
  "port.closed": (state, { port }) => {
    patchHead(state, ({ ports }) => ({ ports: ports.filter((one) => one.port !== port) }));
  },
  "changes.changed": (state, { files }) => patchHead(state, () => ({ changedFiles: files })),
  "usage.recorded": (state, { runId, usage, purpose }) => {
    patchHead(state, (head) => ({ usage: addUsage(head.usage, usage) }));
    const run = runId === null ? undefined : state.runs.get(runId);
    if (!run) return;
    patch(state.runs, run.id, { usage: addUsage(run.usage, usage) });
    if (purpose) return;
    const contextTokens = usage.inputTokens + usage.outputTokens;
    changeThread(state, run, (thread) => ({ ...thread, contextTokens }));
  },
};

/** The sum of two usages. */
export function addUsage(a: Usage, b: Usage): Usage {
  const unpricedTokens = (a.unpricedTokens ?? 0) + (b.unpricedTokens ?? 0);
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    costMicroUsd: a.costMicroUsd + b.costMicroUsd,
    ...(unpricedTokens > 0 ? { unpricedTokens } : {}),
  };
}

function byId<T extends { id: string }>(list: readonly T[]): Map<string, T> {
  return new Map(list.map((one) => [one.id, one]));
}

function without(list: readonly string[], id: string): string[] {
  return list.filter((one) => one !== id);
}

function patch<T>(map: Map<string, T>, id: string, changes: Partial<T>): void {
  const known = map.get(id);
  if (known) map.set(id, { ...known, ...changes });
}

function patchHead(state: ConversationState, changesOf: (head: ConversationHead) => Partial<ConversationHead>): void {
  if (state.head) state.head = { ...state.head, ...changesOf(state.head) };
}

/** A change of the conversation itself, which its `rev` counts. */
function patchConversation(state: ConversationState, changes: Partial<ConversationHead>): void {
  patchHead(state, (head) => ({ ...changes, rev: head.rev + 1 }));
}

function changeParticipants(state: ConversationState, change: (list: Participant[]) => Participant[]): void {
  patchHead(state, ({ participants }) => ({ participants: change(participants) }));
}

function changeThreads(state: ConversationState, change: (thread: Thread) => Thread): void {
  patchHead(state, ({ threads }) => ({ threads: threads.map(change) }));
}

/** Changes the thread of a run, and makes it where this is its first run. */
function changeThread(
  state: ConversationState,
  run: Pick<Run, "threadId" | "agentId">,
  change: (thread: Thread) => Thread,
): void {
  const fresh: Thread = { id: run.threadId, agentId: run.agentId, activeRunId: null, queue: [], contextTokens: null };
  patchHead(state, ({ threads }) => {
    const known = threads.some((one) => one.id === run.threadId);
    return {
      threads: (known ? threads : [...threads, fresh]).map((one) => (one.id === run.threadId ? change(one) : one)),
    };
  });
}

function deleteMessage(state: ConversationState, messageId: string, at: string): void {
  patch(state.messages, messageId, { content: "", attachments: [], reactions: [], deletedAt: at });
}

/** A message that steered, and came too late, belongs to the run that it then asked for. */
function promptOf(state: ConversationState, run: Pick<Run, "id" | "messageId" | "retryOf">): void {
  const message = state.messages.get(run.messageId);
  if (message && run.retryOf === null && message.runId !== run.id) patch(state.messages, message.id, { runId: run.id });
}

function changeReaction(state: ConversationState, event: EventOf<"reaction.changed">): void {
  const known = state.messages.get(event.messageId);
  if (!known) return;
  const entry = known.reactions.find((one) => one.emoji === event.emoji) ?? { emoji: event.emoji, memberIds: [] };
  const others = without(entry.memberIds, event.memberId);
  const changed = { emoji: event.emoji, memberIds: event.present ? [...others, event.memberId] : others };
  const isNew = !known.reactions.some((one) => one.emoji === event.emoji);
  const list = isNew
    ? [...known.reactions, changed]
    : known.reactions.map((one) => (one.emoji === event.emoji ? changed : one));
  patch(state.messages, known.id, { reactions: list.filter((one) => one.memberIds.length > 0) });
}

function finishRun(state: ConversationState, event: EventOf<"run.finished">, { at, seq }: Envelope): void {
  const { runId, status, stopReason, usage, problem } = event;
  patch(state.runs, runId, { status, stopReason, usage, problem, finishedAt: at, endSeq: seq, waitingFor: null });
  changeThreads(state, (thread) =>
    thread.activeRunId === runId || thread.queue.includes(runId)
      ? {
          ...thread,
          activeRunId: thread.activeRunId === runId ? null : thread.activeRunId,
          queue: without(thread.queue, runId),
        }
      : thread,
  );
}

/** An item nobody announced is added only where its whole run is in the window: otherwise it began before the window. */
function completeItem(state: ConversationState, { item }: EventOf<"item.completed">, { seq }: Envelope): void {
  const known = state.items.get(item.id);
  const run = state.runs.get(item.runId);
  if (known) state.items.set(item.id, { ...item, seq: known.seq });
  else if (run && run.seq >= state.fromSeq) state.items.set(item.id, { ...item, seq });
}

function decideApproval(state: ConversationState, event: EventOf<"approval.decided">): void {
  const approval = state.head?.approvals.find((one) => one.id === event.approvalId);
  dropApproval(state, event.approvalId);
  if (!approval || event.decision !== "always") return;
  const { tool, pattern } = approval;
  patchHead(state, ({ allowed }) => ({
    allowed: [...allowed.filter((one) => one.tool !== tool || one.pattern !== pattern), { tool, pattern }],
  }));
}

function dropApproval(state: ConversationState, approvalId: string): void {
  patchHead(state, ({ approvals }) => ({ approvals: approvals.filter((one) => one.id !== approvalId) }));
}

function dropQuestion(state: ConversationState, questionId: string): void {
  patchHead(state, ({ questions }) => ({ questions: questions.filter((one) => one.id !== questionId) }));
}
