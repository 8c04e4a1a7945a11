import { type LanguageModel, type ModelMessage, streamText, type ToolSet } from "ai";
import type { RecordedPart } from "#contract/recording";
import { problemOfModel } from "./model-problem.ts";

/** What the engine reads of a model's answer. */
export type AnswerPart =
  | { type: "text-delta" | "reasoning-delta"; id: string; text: string }
  | { type: "text-end" | "reasoning-end"; id: string }
  | { type: "tool-call"; toolCallId: string; toolName: string; input: unknown }
  | { type: "error"; error: unknown }
  | { type: "finish"; finishReason: string };

export interface Asked {
  model: LanguageModel;
  instructions: string;
  messages: ModelMessage[];
  tools?: ToolSet;
  signal: AbortSignal;
}

/** The parts of the model's own answer as they come. */
export async function* liveParts({ signal, ...asked }: Asked): AsyncGenerator<AnswerPart> {
  const { stream } = streamText({ ...asked, maxRetries: 0, abortSignal: signal, onError: () => undefined });
  for await (const part of stream) {
    switch (part.type) {
      case "text-delta":
      case "reasoning-delta":
      case "text-end":
      case "reasoning-end":
      case "tool-call":
      case "error":
      case "finish":
        yield part;
    }
  }
}

/** The parts of a recorded answer, at once. */
export async function* recordedParts(recorded: readonly RecordedPart[]): AsyncGenerator<AnswerPart> {
  for (const part of recorded) {
    switch (part.type) {
      case "text":
      case "reasoning":
        yield { type: `${part.type}-delta`, id: part.id, text: part.text };
        yield { type: `${part.type}-end`, id: part.id };
        break;
      case "tool_call":
        yield { ...part, type: "tool-call", input: part.input };
        break;
      case "error":
        yield { type: "error", error: { error: { message: part.message, code: part.code } } };
        break;
      case "finish":
        yield part;
    }
  }
}

/** An answer as it is recorded: pieces of one text that follow each other are one. */
export class PartLog {
  readonly parts: RecordedPart[] = [];

  add(part: AnswerPart): void {
    switch (part.type) {
      case "text-delta":
        this.#grow("text", part);
        break;
      case "reasoning-delta":
        this.#grow("reasoning", part);
        break;
      case "tool-call": {
        const { toolCallId, toolName, input } = part;
        this.parts.push({ type: "tool_call", toolCallId, toolName, input });
        break;
      }
      case "finish":
        this.parts.push({ type: "finish", finishReason: part.finishReason });
    }
  }

  /** Why the answer broke, in the words people are told. */
  broke(error: unknown): void {
    const { detail, code } = problemOfModel(error);
    this.parts.push({ type: "error", message: detail, code });
  }

  #grow(type: "text" | "reasoning", { id, text }: { id: string; text: string }): void {
    const last = this.parts.at(-1);
    if (last && last.type === type && "id" in last && last.id === id) last.text += text;
    else this.parts.push({ type, id, text });
  }
}
