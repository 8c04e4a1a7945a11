import type { AssistantModelMessage, ModelMessage } from "ai";
import type { Problem } from "#contract/problem";
import { newId } from "#platform/new-id";
import { withImages } from "../attachments.ts";
import { insertCall } from "../calls.ts";
import { fittingMessages } from "../compaction/compact.ts";
import { record } from "../recorder/recorder.ts";
import { modelRequest, type Request } from "../recorder/request.ts";
import { systemPrompt } from "../system-prompt.ts";
import { modelTools, toolDescriptions } from "../tools/catalog.ts";
import { type AnswerPart, liveParts, PartLog, recordedParts } from "./answer-parts.ts";
import type { RunContext } from "./executor.ts";
import { problemOfModel } from "./model-problem.ts";
import { endReplay } from "./replay-call.ts";
import { failRun } from "./run-failure.ts";

interface ModelCall {
  toolCallId: string;
  toolName: string;
  input: unknown;
}
interface Answer {
  text: string;
  calls: ModelCall[];
  finishReason: string;
  error: unknown;
  log: PartLog;
}

/**
 * One call of the model: its text and reasoning stream as items; at its end the answer and its tool calls are stored in one
 * commit. A failure ends the run.
 */
export async function modelStep(context: RunContext): Promise<void> {
  const { store, runId } = context;
  const groupId = beginStep(context);
  const messages = await fittingMessages(context, groupId);
  if (messages === null) return;
  const request = await requestOf(context, messages);
  const startedAt = Date.now();
  const parts = await answering(context, request, messages);
  if (!context.live() || parts === null) return;
  const answer = await readAnswer(context, parts, groupId);
  if (!context.live()) return;
  const { steps } = context.row();
  store.together(() => {
    record(store, runId, { request, response: answer.log.parts, startedAt });
    if (answer.error !== null) return failModel(context, problemOfModel(answer.error));
    if (answer.finishReason === "content-filter") return failRun(context, "content_filter", FILTERED);
    context.reporter.completeAll("completed");
    store.addMessage(runId, assistantMessage(answer));
    answer.calls.forEach((call, position) => {
      insertCall(store, {
        runId,
        step: steps,
        position,
        toolCallId: call.toolCallId,
        tool: call.toolName,
        input: call.input,
      });
    });
  });
}

/** A call that the gateway refused for its cost is not the model's failure: the run can be retried once the budget is raised. */
function failModel(context: RunContext, problem: Problem): void {
  failRun(context, problem.code === "limit_exceeded" ? "budget" : "model_failed", problem);
}

function requestOf({ order }: RunContext, messages: ModelMessage[]): Promise<Request> {
  const instructions = systemPrompt(order);
  return modelRequest({ model: order.run.model, instructions, tools: toolDescriptions(), messages });
}

type Answering = AsyncIterable<AnswerPart> | null;

/** The model's answer, or the recorded one in a replay; null where the run has ended instead. */
async function answering(context: RunContext, request: Request, messages: ModelMessage[]): Promise<Answering> {
  const replay = await context.replay();
  if (replay === null) {
    const { world, order, signal } = context;
    const shown = await withImages(context, messages);
    const asked = { model: world.model(order), instructions: systemPrompt(order), tools: modelTools(), signal };
    return liveParts({ ...asked, messages: shown });
  }
  const recorded = replay.answer("model", request);
  if (recorded.ok) return recordedParts(recorded.value.response);
  endReplay(context, recorded.problem);
  return null;
}

/** The boundary between two model calls: what people said meanwhile is read here. */
function beginStep(context: RunContext): string {
  const { store, runId } = context;
  const groupId = newId("group");
  const steps = context.row().steps + 1;
  store.together(() => {
    store.readSteers(runId);
    store.updateRun(runId, { groupId, steps });
    context.reporter.report({
      type: "group.opened",
      group: { id: groupId, runId, title: "", closed: false },
    });
  });
  return groupId;
}

async function readAnswer(context: RunContext, parts: AsyncIterable<AnswerPart>, groupId: string): Promise<Answer> {
  const answer: Answer = { text: "", calls: [], finishReason: "", error: null, log: new PartLog() };
  const items = new ItemsOfAnswer(context, groupId);
  try {
    for await (const part of parts) {
      if (!context.live()) break;
      takePart(answer, items, part);
    }
  } catch (error) {
    answer.error ??= error ?? "unknown";
  }
  if (answer.finishReason === "") answer.error ??= "The model's answer has no end.";
  if (answer.error !== null) answer.log.broke(answer.error);
  answer.calls = withOwnIds(answer.calls);
  return answer;
}

function takePart(answer: Answer, items: ItemsOfAnswer, part: AnswerPart): void {
  answer.log.add(part);
  switch (part.type) {
    case "text-delta":
      answer.text += part.text;
      items.grow(part);
      break;
    case "reasoning-delta":
      items.grow(part);
      break;
    case "text-end":
    case "reasoning-end":
      items.end(part.id);
      break;
    case "tool-call":
      items.settle();
      answer.calls.push(part);
      break;
    case "error":
      answer.error ??= part.error ?? "unknown";
      break;
    case "finish":
      answer.finishReason = part.finishReason;
  }
}

/** The streamed parts of an answer as items; a part without text makes none. */
class ItemsOfAnswer {
  readonly #context: RunContext;
  readonly #groupId: string;
  readonly #ids = new Map<string, string>();
  /** Items whose part has ended. A stream that breaks ends its parts too: what comes next tells whether they are whole. */
  #ended: string[] = [];

  constructor(context: RunContext, groupId: string) {
    this.#context = context;
    this.#groupId = groupId;
  }

  grow(part: { type: "text-delta" | "reasoning-delta"; id: string; text: string }): void {
    if (part.text === "") return;
    const kind = part.type === "text-delta" ? "text" : "reasoning";
    let itemId = this.#ids.get(part.id);
    if (itemId === undefined) {
      this.settle();
      itemId = this.#context.reporter.open({ kind, groupId: this.#groupId });
      this.#ids.set(part.id, itemId);
    }
    this.#context.reporter.grow(itemId, part.text);
  }

  end(partId: string): void {
    const itemId = this.#ids.get(partId);
    if (itemId) this.#ended.push(itemId);
    this.#ids.delete(partId);
  }

  /** The answer goes on after the parts that have ended: they are whole. */
  settle(): void {
    const ended = this.#ended;
    this.#ended = [];
    if (!this.#context.live()) return;
    for (const itemId of ended) this.#context.reporter.complete(itemId, { status: "completed" });
  }
}

/** Some providers give the same id to several calls of one answer; results must find theirs. */
function withOwnIds(calls: ModelCall[]): ModelCall[] {
  return calls.map((call, index) => {
    const repeated = calls.findIndex((other) => other.toolCallId === call.toolCallId) < index;
    return repeated || !call.toolCallId ? { ...call, toolCallId: `${call.toolCallId || "call"}_${index}` } : call;
  });
}

/** The answer as the model reads it again. Reasoning is not given back: providers differ in what they take. */
function assistantMessage(answer: Answer): AssistantModelMessage {
  const text = answer.text === "" ? [] : [{ type: "text" as const, text: answer.text }];
  const calls = answer.calls.map(({ toolCallId, toolName, input }) => ({
    type: "tool-call" as const,
    toolCallId,
    toolName,
    input: input ?? {},
  }));
  return { role: "assistant", content: [...text, ...calls] };
}

const FILTERED: Problem = { code: "upstream_failed", detail: "The provider's content filter ended the answer." };
