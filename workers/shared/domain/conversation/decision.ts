import type { CommandResult } from "#contract/command";
import type { ConversationHead } from "#contract/conversation";
import type { Event } from "#contract/event";
import type { IdNoun } from "#contract/ids";
import type { Actor } from "#contract/member";
import type { Message } from "#contract/message";
import { fail, ok, type Result } from "#contract/problem";
import type { Item, Run } from "#contract/run";

/** What a decision may read. The head is in memory; entities are looked up by id. */
export interface View {
  seq: number;
  head: ConversationHead;
  message(id: string): Message | undefined;
  run(id: string): Run | undefined;
  /** Items of a run that are still in progress, with their text as it is now. */
  openItems(runId: string): Item[];
}

/** Time, ids and the caller: everything a decision cannot make itself. */
export interface DecideContext {
  now: string;
  by: Actor & { name: string; admin: boolean; guest: boolean };
  newId(noun: IdNoun): string;
  /** Attachments named by the command, already resolved to files of the org. */
  attachments: Message["attachments"];
  /** Whom the command brings in, where that is an active member of the org. */
  invited: (Actor & { name: string }) | null;
}

export interface Decision {
  events: Event[];
  result: Omit<CommandResult, "seq">;
}

export const NOTHING: Decision = { events: [], result: {} };

export function decided(events: Event[], result: Decision["result"] = {}): Result<Decision> {
  return ok({ events, result });
}

/** The run, or `not_found`. */
export function findRun(view: View, runId: string): Result<Run> {
  const run = view.run(runId);
  return run ? ok(run) : fail("not_found", "This conversation has no such run.");
}

export function isFinal(status: Run["status"]): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}
