import { message } from "#contract/message";
import { run } from "#contract/run";
import { isFinal } from "#domain/conversation/decision";
import type { Turn } from "#platform/rpc";
import type { ConversationStore } from "./store.ts";

const EARLIER = 40;
/** Characters of items that turns carry together; the newest come first. */
const BUDGET = 400_000;

/** The ended runs before a run, oldest first; of a run that was tried again only the last try. */
export function earlierRuns(
  store: ConversationStore,
  before: { id: string; seq: number; retryOf: string | null },
): string[] {
  const rows = store.sql
    .exec("SELECT body FROM runs WHERE seq < ? ORDER BY seq DESC LIMIT ?", before.seq, EARLIER)
    .toArray()
    .map((row) => run.parse(JSON.parse(String(row.body))));
  const retried = new Set([before.retryOf, ...rows.map((one) => one.retryOf)]);
  return rows
    .filter((one) => isFinal(one.status) && one.startedAt !== null && !retried.has(one.id))
    .map((one) => one.id)
    .reverse();
}

/** What was said and done in runs, oldest first; the oldest are left out where it is too much. */
export function turnsOf(store: ConversationStore, runIds: string[]): Turn[] {
  const turns: Turn[] = [];
  let room = BUDGET;
  for (const runId of runIds.toReversed()) {
    const turn = { runId, messages: messagesOf(store, runId), items: store.itemsOfRun(runId) };
    room -= JSON.stringify(turn).length;
    if (room < 0 && turns.length > 0) break;
    turns.unshift(turn);
  }
  return turns;
}

function messagesOf(store: ConversationStore, runId: string): Turn["messages"] {
  const names = new Map(store.state.head?.participants.map((one) => [one.memberId, one.name]));
  return store.sql
    .exec("SELECT body FROM messages WHERE json_extract(body, '$.runId') = ? ORDER BY seq", runId)
    .toArray()
    .map((row) => message.parse(JSON.parse(String(row.body))))
    .map((one) => ({ message: one, authorName: names.get(one.authorId) ?? "someone" }));
}
