import type { Snapshot } from "#contract/conversation";
import type { Envelope } from "#contract/event";
import { type ConversationState, evolve, stateOf } from "#domain/conversation/evolve";

/**
 * Brings a window up to the live state's `seq` by the events that came since it was asked for: what happened to an older
 * entry meanwhile is not lost. `events` are all those after some seq that is not above the window's own, in order.
 */
export function caughtUp(window: Snapshot, events: readonly Envelope[]): ConversationState {
  const older = stateOf(window);
  for (const envelope of events) evolve(older, envelope);
  return older;
}

/** Puts an older window before the live one. What the live state holds is newer, and stays. */
export function prepend(state: ConversationState, older: ConversationState): void {
  state.messages = merged(older.messages, state.messages);
  state.runs = merged(older.runs, state.runs);
  state.groups = merged(older.groups, state.groups);
  state.items = merged(older.items, state.items);
  state.fromSeq = Math.min(state.fromSeq, older.fromSeq);
}

function merged<T>(older: Map<string, T>, live: Map<string, T>): Map<string, T> {
  return new Map([...older, ...live]);
}
