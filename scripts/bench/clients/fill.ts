import type { CommandResult } from "#contract/command";
import type { Result } from "#contract/problem";
import type { Report } from "#contract/report";
import { newId } from "#platform/new-id";
import type { Product } from "../serving/product.ts";
import { askJson } from "./http.ts";
import { createConversation, openRun, ReportFeed, stepReport } from "./run.ts";

const TEXT =
  "The tests pass, and the change is small: one more case in the parser, with a test that failed before it. ";
/** message.posted, run.started, item.started, item.completed, run.finished. */
const EVENTS_PER_TURN = 5;

/** A conversation with so many events: turns of a prompt and an answer. The product must have silent threads. */
export async function fillTurns(product: Product, events: number): Promise<string> {
  const id = await createConversation(product);
  for (let turn = 0; turn < Math.floor(events / EVENTS_PER_TURN); turn += 1) {
    const runId = await prompt(product, id, turn);
    const feed = await ReportFeed.open(product.door, { id, runId });
    await feed.send([stepReport(runId, TEXT.repeat(2)), FINISHED]);
    feed.close();
  }
  return id;
}

/** Enough that none writes faster than a person may. */
const MEMBERS = 20;

const FINISHED: Report = { type: "run.finished", status: "succeeded", stopReason: "completed", problem: null };

/** A prompt of one of many members. */
async function prompt(product: Product, id: string, turn: number): Promise<string> {
  const command = { type: "message.post", clientId: newId("request"), content: TEXT, attachments: [], mode: "auto" };
  const memberId = `mem_${String(turn % MEMBERS).padStart(32, "0")}`;
  const url = `${product.door}/command?id=${id}&member=${memberId}`;
  const result = await askJson<Result<CommandResult>>("POST", url, command);
  if (!result.ok || !result.value.runId) throw new Error(`a prompt was refused: ${JSON.stringify(result)}`);
  return result.value.runId;
}

/** A conversation with one long run of so many events, two a step. */
export async function fillRun(product: Product, events: number): Promise<string> {
  const run = await openRun(product);
  const feed = await ReportFeed.open(product.door, run);
  for (let left = events / 2; left > 0; left -= 100) {
    await feed.send(Array.from({ length: Math.min(100, left) }, () => stepReport(run.runId, TEXT)));
  }
  feed.close();
  return run.id;
}
