import { updateCall } from "../../calls.ts";
import { digestOf } from "../../digest.ts";
import type { RunContext } from "../executor.ts";
import { callsOfAsk } from "./asks.ts";
import type { OpenAsk, OpenCodeState } from "./state.ts";
import type { StoredMessage } from "./wire.ts";

/** What begins every message that no person wrote. */
export const NOTE_HEAD = "From Quayside:";

const LOST = "The sandbox was started again meanwhile, and what was under way in it was interrupted.";

/**
 * Settles what the server lost: its open calls are over for the transcript, and the session is told what happened, what people
 * decided since, and to go on. Nothing is repeated by us; an exact call that a person allowed passes if the model makes it again.
 */
export async function recover(context: RunContext, state: OpenCodeState, messages: StoredMessage[]): Promise<void> {
  const notes: string[] = [];
  const asks = state.openAsks();
  for (const ask of asks) notes.push(await noteOfAsk(context, state, ask));
  if (!context.live()) return;
  context.store.together(() => {
    for (const key of openCalls(messages)) interrupt(context, state, key);
    for (const ask of asks) settleAsk(context, state, ask);
    const { resumptions } = context.row();
    const said = notes.filter((note) => note !== "");
    state.addPrompt(`recovery:${resumptions}`, [NOTE_HEAD, LOST, ...said, GO_ON].join("\n"));
    context.store.updateRun(context.runId, { resumptions: resumptions + 1 });
  });
}

function settleAsk(context: RunContext, state: OpenCodeState, ask: OpenAsk): void {
  for (const call of callsOfAsk(context, ask)) {
    if (call.state !== "settled") updateCall(context.store, call, { state: "settled", result: LOST });
    if (call.itemId) context.reporter.complete(call.itemId, { status: "interrupted" });
  }
  state.askReplied(ask.requestId);
}

const GO_ON = "Check what an interrupted call did before you make it again, and go on with the work.";

/** Parts of calls that have no end in what the server kept. */
function openCalls(messages: StoredMessage[]): string[] {
  return messages
    .flatMap((message) => message.parts)
    .flatMap((part) => (part?.state?.status === "running" || part?.state?.status === "pending" ? [part.id] : []));
}

function interrupt(context: RunContext, state: OpenCodeState, key: string): void {
  const kept = state.kept(key);
  if (!kept || kept.ended) return;
  context.reporter.complete(kept.id, { status: "interrupted" });
  state.end(key);
}

async function noteOfAsk(context: RunContext, state: OpenCodeState, ask: OpenAsk): Promise<string> {
  const notes: string[] = [];
  for (const call of callsOfAsk(context, ask)) {
    const what = JSON.stringify(call.input).slice(0, 2_000);
    if (call.state === "approved") {
      state.grant(await digestOf({ runId: context.runId, tool: call.tool, args: call.input }));
      notes.push(`A person has approved ${call.tool} ${what}, which had not begun. ${AGAIN}`);
    } else if (call.state === "settled" && ask.kind === "question")
      notes.push(`Your question ${what} was answered: ${call.result}`);
    else if (call.state === "settled") notes.push(`${call.tool} ${what}: ${call.result}`);
  }
  return notes.join("\n");
}

const AGAIN = "Make that call again.";
