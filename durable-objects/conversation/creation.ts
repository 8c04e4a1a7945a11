import type { ConversationHead, Participant } from "#contract/conversation";
import type { Event } from "#contract/event";
import type { Actor } from "#contract/member";
import { NO_USAGE } from "#contract/usage";
import { replayEvents } from "#domain/conversation/decide-replay";
import { isoTime } from "#platform/clock";
import { newId } from "#platform/new-id";
import type { MemberPrincipal } from "#platform/principal";
import type { ConversationInit } from "#platform/rpc";

/** Who acts where no member does: the clock, the sandbox, the meter. */
export const SYSTEM_ACTOR: Actor = { memberId: "mem_00000000000000000000000000000000", kind: "system" };

const DEFAULT_TITLE = "New conversation";

/** The first events of a conversation: it exists, with its maker and its agent in it. */
export function creationEvents(principal: MemberPrincipal, init: ConversationInit): Event[] {
  const head: ConversationHead = {
    id: init.id,
    kind: init.kind,
    title: init.title ?? DEFAULT_TITLE,
    titleBy: init.title === null ? "default" : "person",
    createdAt: isoTime(init.at),
    createdBy: principal.memberId,
    spaceId: init.spaceId ?? null,
    forkedFrom: null,
    replayOf: init.replay?.of ?? null,
    archivedAt: null,
    repository: init.repository,
    sandboxId: newId("sandbox"),
    settings: init.settings,
    threads: [{ id: newId("thread"), agentId: init.agent.id, activeRunId: null, queue: [], contextTokens: null }],
    participants: [
      { memberId: principal.memberId, kind: principal.memberKind, name: principal.name, readSeq: 0 },
      { memberId: init.agent.memberId, kind: "agent", name: init.agent.name, readSeq: 0 },
      ...authorsOf(principal, init),
    ],
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
  const again = replayEvents(head, init.replay?.runs ?? [], { now: head.createdAt, newId });
  return [{ type: "conversation.created", head }, ...again];
}

/** Who wrote the prompts of a replay and still takes part in what is replayed, where that is not its maker. */
function authorsOf(principal: MemberPrincipal, init: ConversationInit): Participant[] {
  const authors = new Map(
    init.replay?.runs
      .map(({ prompt }) => [prompt.message.authorId, prompt] as const)
      .filter(([id]) => id !== principal.memberId && init.replay?.takingPart.includes(id)),
  );
  return [...authors].map(([memberId, { authorName, message }]) => ({
    memberId,
    kind: message.authorKind,
    name: authorName,
    readSeq: 0,
  }));
}
