import type { Approval, Question } from "#contract/ask";
import type { Envelope, Event, EventOf, EventType } from "#contract/event";
import { type ConversationState, emptyState, evolve } from "./evolve.ts";

/** How an ask ended; null while it is open. */
export interface Outcome {
  words: string;
  memberId: string | null;
  at: string;
}
export type Ask = { outcome: Outcome | null } & (
  | { kind: "question"; question: Question }
  | { kind: "approval"; approval: Approval }
);
/** What happened beside the runs, such as a commit. */
export interface Note {
  seq: number;
  at: string;
  words: string;
}

/** A conversation as it is read later: its state, and what the live state forgets once it is settled. */
export interface Transcript {
  state: ConversationState;
  asks: Map<string, Ask>;
  notes: Note[];
  /** Names by member id, of those who left too. */
  names: Map<string, string>;
}

export function emptyTranscript(): Transcript {
  return { state: emptyState(), asks: new Map(), notes: [], names: new Map() };
}

/** Folds one event into the transcript, in place. Events come in order, from the first. */
export function foldTranscript(transcript: Transcript, envelope: Envelope): Transcript {
  evolve(transcript.state, envelope);
  const handle = HANDLERS[envelope.event.type] as Handler<Event> | undefined;
  handle?.(transcript, envelope.event, envelope);
  return transcript;
}

type Handler<E> = (transcript: Transcript, event: E, envelope: Envelope) => void;
type Handlers = { [T in EventType]?: Handler<EventOf<T>> };

const HANDLERS: Handlers = {
  "conversation.created": ({ names }, { head }) => {
    for (const one of head.participants) names.set(one.memberId, one.name);
  },
  "participant.joined": ({ names }, { memberId, name }) => {
    names.set(memberId, name);
  },
  "approval.requested": ({ asks }, { approval }) => {
    asks.set(approval.id, { kind: "approval", approval, outcome: null });
  },
  "approval.decided": (transcript, event, { at }) => {
    const decided = { approve: "approved", always: "approved for always", deny: "denied" }[event.decision];
    const words = event.reason ? `${decided}: ${event.reason}` : decided;
    settle(transcript, event.approvalId, { words, memberId: event.memberId, at });
  },
  "approval.expired": (transcript, { approvalId }, { at }) =>
    settle(transcript, approvalId, { words: "expired", memberId: null, at }),
  "question.asked": ({ asks }, { question }) => {
    asks.set(question.id, { kind: "question", question, outcome: null });
  },
  "question.answered": (transcript, event, { at }) =>
    settle(transcript, event.questionId, { words: event.answers.join("\n"), memberId: event.memberId, at }),
  "question.dismissed": (transcript, { questionId, memberId }, { at }) =>
    settle(transcript, questionId, { words: "dismissed", memberId, at }),
  "question.expired": (transcript, { questionId }, { at }) =>
    settle(transcript, questionId, { words: "expired", memberId: null, at }),
  "git.committed": ({ notes }, { commit, branch, message }, { seq, at }) => {
    notes.push({ seq, at, words: `Committed ${commit.slice(0, 10)} on ${branch}: ${message}` });
  },
  "git.pushed": ({ notes }, { commit, branch }, { seq, at }) => {
    notes.push({ seq, at, words: `Pushed ${commit.slice(0, 10)} to ${branch}` });
  },
  "pull_request.opened": ({ notes }, { number, title, url }, { seq, at }) => {
    notes.push({ seq, at, words: `Opened pull request ${number}: ${title} (${url})` });
  },
};

function settle({ asks }: Transcript, id: string, outcome: Outcome): void {
  const ask = asks.get(id);
  if (ask) asks.set(id, { ...ask, outcome });
}
