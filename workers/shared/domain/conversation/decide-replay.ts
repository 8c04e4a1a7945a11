import type { ConversationHead } from "#contract/conversation";
import type { Event } from "#contract/event";
import { LIMITS } from "#contract/limits";
import type { Message } from "#contract/message";
import type { RecordedRun } from "#contract/recording";
import type { Run } from "#contract/run";
import { newRun, startRun } from "./decide-run.ts";
import type { DecideContext } from "./decision.ts";

/** A recorded run, and where its recording is. */
export interface RunToReplay extends Pick<RecordedRun, "prompt"> {
  model: string;
  replayOf: NonNullable<Run["replayOf"]>;
}

/** Runs that one replay takes: one that begins, and a full queue. */
export const MAX_REPLAYED = 1 + LIMITS.queueDepth;

/** Says every recorded prompt again in its author's name; the first run begins, the others follow it in order. */
export function replayEvents(
  head: ConversationHead,
  runs: RunToReplay[],
  ctx: Pick<DecideContext, "now" | "newId">,
): Event[] {
  return runs.flatMap(({ prompt, model, replayOf }, index): Event[] => {
    const messageId = ctx.newId("message");
    const run = { ...newRun({ head }, ctx, { messageId }), executor: "edge" as const, model, replayOf };
    const message: Omit<Message, "seq"> = {
      ...prompt.message,
      id: messageId,
      runId: run.id,
      mode: "auto",
      reactions: [],
      createdAt: ctx.now,
      editedAt: null,
    };
    return [{ type: "message.posted", message }, index === 0 ? startRun(run, ctx.now) : { type: "run.queued", run }];
  });
}
