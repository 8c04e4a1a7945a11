import { z } from "zod";
import type { Block, BlockEvent } from "../blocks.ts";
import { type AnswerHead, type Body, type Dialect, type Finish, type StreamEncoder, sealState } from "../dialect.ts";
import type { CallFailure } from "../errors.ts";
import type { TokenCounts } from "../usage.ts";
import { decodeMessages } from "./messages-decode.ts";

const envelope = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.number().int().positive(),
  messages: z.array(z.looseObject({ role: z.enum(["user", "assistant", "system"]) })).min(1),
  stream: z.boolean().nullish(),
});

/** What `/v1/messages/count_tokens` takes: a request without the length of its answer. */
export const countEnvelope = envelope.omit({ max_tokens: true });

/** Anthropic's messages: https://docs.anthropic.com/en/api/messages */
export const messagesDialect: Dialect = {
  name: "messages",
  envelope,
  prompt: (body) => [body.system, ...(Array.isArray(body.messages) ? body.messages : [])],
  decode: decodeMessages,
  whole: wholeMessage,
  stream: (head) => new MessageStream(head),
  errorBody,
  errorEvent: (why) => eventOf("error", errorBody(why)),
};

const ERROR_TYPES: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};

function errorBody({ problem, status }: CallFailure): Body {
  const type = ERROR_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  return { type: "error", error: { type, message: problem.detail } };
}

const eventOf = (event: string, data: Body) => `event: ${event}\ndata: ${JSON.stringify({ ...data, type: event })}\n\n`;

const STOPS: Record<Finish["reason"], string> = {
  stop: "end_turn",
  length: "max_tokens",
  "content-filter": "refusal",
  "tool-calls": "tool_use",
  error: "end_turn",
  interrupted: "end_turn",
  other: "end_turn",
};

function wholeMessage(head: AnswerHead, blocks: readonly Block[], finish: Finish): object {
  return {
    ...frameOf(head),
    content: blocks.map((block) => contentOf(block, block.text, sealState(block.state))),
    stop_reason: STOPS[finish.reason],
    usage: usageBody(finish.tokens),
  };
}

function frameOf(head: AnswerHead): Body {
  const id = `msg_${head.id}`;
  return {
    id,
    type: "message",
    role: "assistant",
    model: head.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
}

function usageBody(tokens: TokenCounts): Body {
  const written = tokens.cacheWriteTokens ?? 0;
  return {
    input_tokens: Math.max(0, tokens.inputTokens - tokens.cachedTokens - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: tokens.cachedTokens,
    output_tokens: tokens.outputTokens,
  };
}

function contentOf(block: Block, text: string, signature: string | null): Body {
  if (block.kind === "text") return { type: "text", text, citations: null };
  if (block.kind === "call")
    return { type: "tool_use", id: block.id, name: block.name, input: text === "" ? {} : inputOf(text) };
  return { type: "thinking", thinking: text, signature: signature ?? "" };
}

/** The arguments of a call; a model may write what is no JSON, which then stands under a name of its own. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { invalid_json: text };
  }
}

class MessageStream implements StreamEncoder {
  readonly #head: AnswerHead;

  constructor(head: AnswerHead) {
    this.#head = head;
  }

  begin(): string {
    const usage = usageBody({ inputTokens: this.#head.inputTokens, outputTokens: 0, cachedTokens: 0 });
    return eventOf("message_start", { message: { ...frameOf(this.#head), usage } });
  }

  block(event: BlockEvent): string {
    const { block } = event;
    const at = { index: block.index };
    if (event.type === "open")
      return eventOf("content_block_start", { ...at, content_block: contentOf(block, "", null) });
    if (event.type === "delta") return eventOf("content_block_delta", { ...at, delta: deltaOf(block, event.delta) });
    const signature = block.kind === "reasoning" ? sealState(block.state) : null;
    const signed = { type: "signature_delta", signature };
    return `${signature ? eventOf("content_block_delta", { ...at, delta: signed }) : ""}${eventOf("content_block_stop", at)}`;
  }

  end(finish: Finish): string {
    const delta = { stop_reason: STOPS[finish.reason], stop_sequence: null };
    return `${eventOf("message_delta", { delta, usage: usageBody(finish.tokens) })}${eventOf("message_stop", {})}`;
  }
}

function deltaOf(block: Block, delta: string): Body {
  if (block.kind === "text") return { type: "text_delta", text: delta };
  if (block.kind === "reasoning") return { type: "thinking_delta", thinking: delta };
  return { type: "input_json_delta", partial_json: delta };
}
