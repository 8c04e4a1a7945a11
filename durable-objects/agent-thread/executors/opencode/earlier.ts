import type { Turn } from "#platform/rpc";
import { promptHead } from "../../order.ts";
import type { RunContext } from "../executor.ts";
import { maskTokens } from "./mask-tokens.ts";
import type { OpenCodeState } from "./state.ts";

/** About 15,000 tokens; what is older goes. */
const MAX_CHARS = 60_000;

/** What the session was not there for: runs that another engine did, and those of the conversation this one was forked from. */
export async function earlierTurns(
  { order, world }: RunContext,
  state: OpenCodeState,
  sessionId: string,
): Promise<{ runIds: string[]; text: string }> {
  const runIds = order.earlier.filter((runId) => !state.hasHeard(sessionId, runId));
  if (runIds.length === 0) return { runIds, text: "" };
  const turns = await world.turns(order, runIds);
  if (!turns.ok) throw new Error(`the conversation answered ${turns.problem.code}: ${turns.problem.detail}`);
  const told = turns.value.map(tellTurn).join("\n\n").slice(-MAX_CHARS);
  if (told === "") return { runIds, text: "" };
  return { runIds, text: `<attachment name="what happened earlier in this conversation">\n${told}\n</attachment>` };
}

/** A turn in words: who said what, and what was done. */
function tellTurn(turn: Turn): string {
  const said = turn.messages.map((prompt) => ({
    seq: prompt.message.seq,
    text: `${promptHead(prompt)}\n${prompt.message.content}`,
  }));
  const done = turn.items
    .filter((item) => item.parentId === null)
    .map((item) => ({
      seq: item.seq,
      text: item.kind === "text" ? `The agent: ${item.text}` : item.title && `(${item.title}: ${item.status})`,
    }));
  const lines = [...said, ...done].sort((a, b) => a.seq - b.seq).map((one) => one.text);
  return maskTokens(lines.filter((line) => line !== "").join("\n")).replaceAll("</attachment>", "<\\/attachment>");
}
