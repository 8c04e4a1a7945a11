import type { ConversationHead } from "#contract/conversation";
import type { Event } from "#contract/event";
import { NO_USAGE } from "#contract/usage";
import { sourceAt } from "../sandbox/snapshots.ts";
import { dequeue, endRun } from "./decide-run.ts";
import type { View } from "./decision.ts";

interface Fork {
  id: string;
  title: string;
  sandboxId: string;
  /** The fork's threads by those of the origin. */
  threads: Record<string, string>;
  origin: { atSeq: number };
  by: { memberId: string; name: string };
  at: string;
}

/** The head of a fork from its first own event on: what its origin is, without what goes on there. */
export function forkHead(origin: ConversationHead, fork: Fork): ConversationHead {
  return {
    ...origin,
    id: fork.id,
    title: fork.title,
    titleBy: "person",
    createdAt: fork.at,
    createdBy: fork.by.memberId,
    forkedFrom: { conversationId: origin.id, title: origin.title, atSeq: fork.origin.atSeq },
    replayOf: null,
    archivedAt: null,
    sandboxId: fork.sandboxId,
    threads: origin.threads.map((one) => ({
      ...one,
      id: fork.threads[one.id] ?? one.id,
      activeRunId: null,
      queue: [],
      contextTokens: null,
    })),
    participants: [
      { memberId: fork.by.memberId, kind: "human", name: fork.by.name, readSeq: fork.origin.atSeq },
      ...origin.participants.filter((one) => one.kind === "agent").map((one) => ({ ...one, readSeq: 0 })),
    ],
    approvals: [],
    questions: [],
    allowed: [],
    sandbox: { state: "none", detail: null, driver: null, snapshot: null },
    snapshots: [],
    restoreFrom: sourceAt(origin, fork.origin.atSeq),
    ports: [],
    changedFiles: 0,
    usage: NO_USAGE,
    rev: 1,
  };
}

/**
 * A stored envelope of the origin as one of the fork's: its conversation, threads and sandbox are the fork's. Everything
 * else stays as it was written, also in events that this version does not know.
 */
export function inherited(stored: unknown, fork: Pick<Fork, "id" | "threads" | "sandboxId">): Record<string, unknown> {
  const envelope = record(stored);
  const event = record(envelope.event);
  const thread = (id: unknown) => (typeof id === "string" ? (fork.threads[id] ?? id) : id);
  const changed = { ...event };
  if ("run" in event) changed.run = { ...record(event.run), threadId: thread(record(event.run).threadId) };
  if ("threadId" in event) changed.threadId = thread(event.threadId);
  if ("head" in event) {
    const head = record(event.head);
    const threads = Array.isArray(head.threads) ? head.threads.map(record) : [];
    changed.head = {
      ...head,
      id: fork.id,
      sandboxId: fork.sandboxId,
      threads: threads.map((one) => ({ ...one, id: thread(one.id) })),
    };
  }
  return { ...envelope, conversationId: fork.id, event: changed };
}

/** The fork's first own events: what was under way in the origin ends here, and the fork's head begins. */
export function birthEvents(view: View, head: ConversationHead, now: string): Event[] {
  const under = view.head.threads.flatMap((thread) => [
    ...runsOf(view, [thread.activeRunId]).flatMap((run) =>
      endRun(view, run, { status: "cancelled", stopReason: FORKED, problem: null, now, startNext: false }),
    ),
    ...runsOf(view, thread.queue).flatMap((run) => dequeue(view, run, FORKED)),
  ]);
  return [...under, { type: "conversation.created", head }];
}

const FORKED = "Forked";

function runsOf(view: View, ids: (string | null)[]) {
  return ids.map((id) => (id === null ? undefined : view.run(id))).filter((run) => run !== undefined);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
