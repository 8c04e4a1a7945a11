import type { AssistantModelMessage, ModelMessage, ToolModelMessage } from "ai";
import type { Item } from "#contract/run";
import type { Turn } from "#platform/rpc";
import { promptContent } from "./attachments.ts";
import type { RunContext } from "./executors/executor.ts";

/**
 * Gives the model the earlier runs that this thread was not there for, before it hears the next prompt: those another
 * engine did, and those of the conversation that this one was forked from. Each is kept once.
 */
export async function recallEarlier(context: RunContext): Promise<void> {
  const { store, order, world } = context;
  const missing = () => {
    const heard = new Set(store.messages().map((one) => one.runId));
    return order.earlier.filter((id) => !heard.has(id));
  };
  if (missing().length === 0) return;
  const turns = await world.turns(order, missing());
  if (!turns.ok) throw new Error(`the conversation answered ${turns.problem.code}: ${turns.problem.detail}`);
  const told = await Promise.all(turns.value.map((turn) => messagesOf(context, turn)));
  if (!context.live()) return;
  const still = new Set(missing());
  store.together(() => {
    turns.value.forEach((turn, index) => {
      if (still.has(turn.runId)) for (const message of told[index] ?? []) store.addMessage(turn.runId, message);
    });
  });
}

/** A turn as the model would have heard and said it: prompts, and each step with its calls and their results. */
async function messagesOf({ world, order }: RunContext, turn: Turn): Promise<ModelMessage[]> {
  const prompts = await Promise.all(
    turn.messages.map(async (prompt) => ({
      seq: prompt.message.seq,
      messages: [{ role: "user" as const, content: await promptContent(world, order, prompt) }],
    })),
  );
  const steps = stepsOf(turn.items).map((items) => ({ seq: items[0]?.seq ?? 0, messages: messagesOfStep(items) }));
  return [...prompts, ...steps].sort((a, b) => a.seq - b.seq).flatMap((one): ModelMessage[] => one.messages);
}

/** Items of one group, in order, are a step. Steps of an agent's own helpers are told by the call that they answer. */
function stepsOf(items: Item[]): Item[][] {
  const steps: Item[][] = [];
  for (const item of items.filter((one) => one.parentId === null)) {
    const last = steps.at(-1);
    if (last && last[0]?.groupId === item.groupId) last.push(item);
    else steps.push([item]);
  }
  return steps;
}

function messagesOfStep(items: Item[]): ModelMessage[] {
  const texts = items.filter((one) => one.kind === "text" && one.text.trim() !== "");
  const calls = items.filter((one) => one.detail.tool !== undefined);
  if (texts.length + calls.length === 0) return [];
  const said: AssistantModelMessage = {
    role: "assistant",
    content: [
      ...texts.map((one) => ({ type: "text" as const, text: one.text })),
      ...calls.map((one) => ({
        type: "tool-call" as const,
        toolCallId: one.id,
        toolName: one.detail.tool ?? "",
        input: one.detail.args ?? {},
      })),
    ],
  };
  return calls.length === 0 ? [said] : [said, resultsOf(calls)];
}

function resultsOf(calls: Item[]): ToolModelMessage {
  return {
    role: "tool",
    content: calls.map((one) => ({
      type: "tool-result" as const,
      toolCallId: one.id,
      toolName: one.detail.tool ?? "",
      output: { type: "text" as const, value: resultOf(one) },
    })),
  };
}

function resultOf(item: Item): string {
  const outcome = item.status === "completed" ? [] : [`(${item.status})`];
  const exit = item.detail.exitCode ? [`exit code ${item.detail.exitCode}`] : [];
  return [...outcome, ...exit, item.detail.diff ?? "", item.text].filter((part) => part !== "").join("\n") || "done";
}
