import type { Problem } from "#contract/problem";
import { type Call, updateCall } from "../calls.ts";
import { record } from "../recorder/recorder.ts";
import type { Replay } from "../recorder/replay.ts";
import { callRequest } from "../recorder/request.ts";
import type { RunContext } from "./executor.ts";
import { failRun } from "./run-failure.ts";

interface Replayed {
  replay: Replay;
  call: Call;
  /** Makes the call's item. */
  open(): string;
}

/** Ends a call as it ended when it was recorded: nothing runs, and nobody is asked. */
export async function replayCall(context: RunContext, { replay, call, open }: Replayed): Promise<void> {
  const { store, runId, reporter } = context;
  const request = await callRequest({ tool: call.tool, args: call.input });
  if (!context.live()) return;
  const found = replay.answer("call", request);
  if (found.ok) {
    const { response } = found.value;
    store.together(() => {
      const itemId = open();
      reporter.complete(itemId, { status: response.status, text: response.text, detail: response.detail });
      updateCall(store, call, { state: "settled", itemId, result: response.result });
      record(store, runId, { request, response, startedAt: Date.now() });
    });
  } else endReplay(context, found.problem);
}

/** A replay that came to its recording's end stops as the recorded run was stopped; one that differs has failed. */
export function endReplay(context: RunContext, problem: Problem): void {
  if (problem.code === "not_found")
    context.finish({ status: "cancelled", stopReason: "recording_ended", problem: null });
  else failRun(context, "diverged", problem);
}
