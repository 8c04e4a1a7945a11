import { z } from "zod";
import type { Block, BlockEvent } from "../blocks.ts";
import type { AnswerHead, Body, Dialect, Finish, StreamEncoder } from "../dialect.ts";
import type { CallFailure } from "../errors.ts";
import type { TokenCounts } from "../usage.ts";
import { decodeChat } from "./chat-decode.ts";

const envelope = z.looseObject({
  model: z.string().min(1),
  messages: z
    .array(z.looseObject({ role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]) }))
    .min(1),
  stream: z.boolean().nullish(),
});

/** OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat */
export const chatDialect: Dialect = {
  name: "chat",
  envelope,
  prompt: (body) => contentsOf(body.messages),
  decode: decodeChat,
  whole: wholeChat,
  stream: (head) => new ChatStream(head),
  errorBody,
  errorEvent: (why) => eventOf(errorBody(why)),
};

function contentsOf(messages: unknown): unknown[] {
  return Array.isArray(messages) ? messages.map((message: { content?: unknown }) => message?.content) : [];
}

/** OpenAI's form of an error; `/v1/responses` answers with the same. */
export function errorBody({ problem }: CallFailure): Body {
  return { error: { message: problem.detail, type: problem.code, code: problem.code, param: null } };
}

const eventOf = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;

const FINISHES: Record<Finish["reason"], string> = {
  stop: "stop",
  length: "length",
  "content-filter": "content_filter",
  "tool-calls": "tool_calls",
  error: "stop",
  interrupted: "stop",
  other: "stop",
};

function wholeChat(head: AnswerHead, blocks: readonly Block[], finish: Finish): object {
  const textsOf = (kind: Block["kind"]) => blocks.map((block) => (block.kind === kind ? block.text : "")).join("");
  const calls = blocks.filter((block) => block.kind === "call").map((block) => callOf(block, block.text));
  const reasoning = textsOf("reasoning");
  const message = {
    role: "assistant",
    content: textsOf("text") || null,
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    ...frameOf(head, "chat.completion"),
    choices: [{ index: 0, message, finish_reason: FINISHES[finish.reason] }],
    usage: usageBody(finish.tokens),
  };
}

function frameOf(head: AnswerHead, object: string): Body {
  return { id: head.id, object, created: head.createdS, model: head.model };
}

function callOf(block: Block, text: string): Body {
  const signature = block.state.google?.thoughtSignature;
  return {
    id: block.id,
    type: "function",
    function: { name: block.name, arguments: text },
    ...(signature ? { extra_content: { google: { thought_signature: signature } } } : {}),
  };
}

function usageBody(tokens: TokenCounts): Body {
  return {
    prompt_tokens: tokens.inputTokens,
    completion_tokens: tokens.outputTokens,
    total_tokens: tokens.inputTokens + tokens.outputTokens,
    prompt_tokens_details: { cached_tokens: tokens.cachedTokens },
    completion_tokens_details: { reasoning_tokens: tokens.reasoningTokens ?? 0 },
  };
}

class ChatStream implements StreamEncoder {
  readonly #head: AnswerHead;
  #calls = 0;

  constructor(head: AnswerHead) {
    this.#head = head;
  }

  begin(): string {
    return this.#chunk({ role: "assistant", content: "" });
  }

  block({ type, ...event }: BlockEvent): string {
    const { block } = event;
    if (block.kind === "call") return this.#call(type, event);
    if (type !== "delta" || !("delta" in event)) return "";
    return this.#chunk({ [block.kind === "text" ? "content" : "reasoning_content"]: event.delta });
  }

  end(finish: Finish): string {
    const usage = { ...frameOf(this.#head, "chat.completion.chunk"), choices: [], usage: usageBody(finish.tokens) };
    return `${this.#chunk({}, FINISHES[finish.reason])}${eventOf(usage)}data: [DONE]\n\n`;
  }

  #call(type: BlockEvent["type"], event: { block: Block; delta?: string }): string {
    if (type === "close") return "";
    if (type === "open") this.#calls += 1;
    const index = this.#calls - 1;
    if (type === "open") return this.#chunk({ tool_calls: [{ index, ...callOf(event.block, "") }] });
    return this.#chunk({ tool_calls: [{ index, function: { arguments: event.delta } }] });
  }

  #chunk(delta: Body, finish: string | null = null): string {
    const frame = frameOf(this.#head, "chat.completion.chunk");
    return eventOf({ ...frame, choices: [{ index: 0, delta, finish_reason: finish }] });
  }
}
