import { z } from "zod";
import type { Block, BlockEvent } from "../blocks.ts";
import { type AnswerHead, type Body, type Dialect, type Finish, type StreamEncoder, sealState } from "../dialect.ts";
import type { TokenCounts } from "../usage.ts";
import { errorBody } from "./chat.ts";
import { decodeResponses } from "./responses-decode.ts";

const stateless = (what: string) => `${what}: the gateway keeps nothing between calls. Send the whole input each time.`;

/** Nothing is stored here and no tool but the client's own is run, whoever answers. */
const envelope = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string().min(1), z.array(z.looseObject({})).min(1)]),
  stream: z.boolean().nullish(),
  previous_response_id: z.null(stateless("not available")).optional(),
  conversation: z.null(stateless("not available")).optional(),
  prompt: z.null("stored prompts are not available.").optional(),
  store: z.literal(false, stateless("must be false")).nullish(),
  background: z.literal(false, "background responses are not available.").nullish(),
  tools: z
    .array(z.looseObject({ type: z.enum(["function", "custom"], "built-in tools are not available.") }))
    .nullish(),
});

/** OpenAI's responses, without what they keep: https://platform.openai.com/docs/api-reference/responses */
export const responsesDialect: Dialect = {
  name: "responses",
  envelope,
  prompt: (body) => [body.instructions, ...(Array.isArray(body.input) ? body.input : [body.input])],
  decode: decodeResponses,
  whole: (head, blocks, finish) =>
    bodyOf(
      head,
      blocks.map((block) => itemOf(head, block)),
      finish,
    ),
  stream: (head) => new ResponseStream(head),
  errorBody,
  errorEvent: ({ problem }) =>
    eventOf("error", { code: problem.code, message: problem.detail, param: null, sequence_number: 0 }),
};

const eventOf = (type: string, data: Body) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

/** Why an answer is not whole; absent where it is. */
const CUT_BY: Partial<Record<Finish["reason"], string>> = {
  length: "max_output_tokens",
  "content-filter": "content_filter",
};

/** Fields of a request that its response repeats, and what they are where the request has none. */
const REPEATED: Body = {
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  parallel_tool_calls: true,
  reasoning: { effort: null, summary: null },
  temperature: null,
  text: { format: { type: "text" } },
  tool_choice: "auto",
  tools: [],
  top_p: null,
  truncation: "disabled",
  user: null,
};

function bodyOf(head: AnswerHead, output: readonly Body[], finish: Finish | null): Body {
  const reason = finish ? CUT_BY[finish.reason] : undefined;
  const status = finish === null ? "in_progress" : reason ? "incomplete" : "completed";
  const repeated = Object.entries(REPEATED).map(([field, value]) => [field, head.body[field] ?? value]);
  return {
    ...Object.fromEntries(repeated),
    id: `resp_${head.id}`,
    object: "response",
    created_at: head.createdS,
    status,
    model: head.model,
    output,
    error: null,
    incomplete_details: reason ? { reason } : null,
    previous_response_id: null,
    store: false,
    usage: finish && usageBody(finish.tokens),
  };
}

function usageBody(tokens: TokenCounts): Body {
  return {
    input_tokens: tokens.inputTokens,
    input_tokens_details: { cached_tokens: tokens.cachedTokens },
    output_tokens: tokens.outputTokens,
    output_tokens_details: { reasoning_tokens: tokens.reasoningTokens ?? 0 },
    total_tokens: tokens.inputTokens + tokens.outputTokens,
  };
}

/** An item of the output; without text where it has only begun. */
function itemOf(head: AnswerHead, block: Block, isWhole = true): Body {
  const id = itemId(head, block);
  const status = isWhole ? "completed" : "in_progress";
  const text = isWhole ? block.text : "";
  if (block.kind === "call")
    return { id, type: "function_call", status, call_id: block.id, name: block.name, arguments: text };
  if (block.kind === "text")
    return { id, type: "message", status, role: "assistant", content: isWhole ? [textPart(text)] : [] };
  const summary = text === "" ? [] : [summaryPart(text)];
  return { id, type: "reasoning", summary, encrypted_content: isWhole ? sealState(block.state) : null };
}

const PREFIXES: Record<Block["kind"], string> = { text: "msg", reasoning: "rs", call: "fc" };
const itemId = (head: AnswerHead, block: Block) => `${PREFIXES[block.kind]}_${head.id}_${block.index}`;
const textPart = (text: string) => ({ type: "output_text", text, annotations: [], logprobs: [] });
const summaryPart = (text: string) => ({ type: "summary_text", text });

class ResponseStream implements StreamEncoder {
  readonly #head: AnswerHead;
  readonly #output: Body[] = [];
  #sequence = 0;

  constructor(head: AnswerHead) {
    this.#head = head;
  }

  begin(): string {
    const response = bodyOf(this.#head, [], null);
    return this.#event("response.created", { response }) + this.#event("response.in_progress", { response });
  }

  block(event: BlockEvent): string {
    const { block } = event;
    const at = { item_id: itemId(this.#head, block), output_index: block.index };
    if (event.type === "open") {
      const added = this.#event("response.output_item.added", {
        output_index: block.index,
        item: itemOf(this.#head, block, false),
      });
      return added + this.#partAdded(block, at);
    }
    if (event.type === "delta") return this.#delta(block, { ...at, delta: event.delta });
    const item = itemOf(this.#head, block);
    this.#output.push(item);
    return this.#done(block, at) + this.#event("response.output_item.done", { output_index: block.index, item });
  }

  end(finish: Finish): string {
    const response = bodyOf(this.#head, this.#output, finish);
    return this.#event(`response.${response.status}`, { response });
  }

  #partAdded(block: Block, at: Body): string {
    if (block.kind === "call") return "";
    if (block.kind === "text")
      return this.#event("response.content_part.added", { ...at, content_index: 0, part: textPart("") });
    return this.#event("response.reasoning_summary_part.added", { ...at, summary_index: 0, part: summaryPart("") });
  }

  #delta(block: Block, delta: Body): string {
    if (block.kind === "call") return this.#event("response.function_call_arguments.delta", delta);
    if (block.kind === "text")
      return this.#event("response.output_text.delta", { ...delta, content_index: 0, logprobs: [] });
    return this.#event("response.reasoning_summary_text.delta", { ...delta, summary_index: 0 });
  }

  #done(block: Block, at: Body): string {
    const { text } = block;
    if (block.kind === "call")
      return this.#event("response.function_call_arguments.done", { ...at, name: block.name, arguments: text });
    if (block.kind === "text")
      return (
        this.#event("response.output_text.done", { ...at, content_index: 0, text, logprobs: [] }) +
        this.#event("response.content_part.done", { ...at, content_index: 0, part: textPart(text) })
      );
    return (
      this.#event("response.reasoning_summary_text.done", { ...at, summary_index: 0, text }) +
      this.#event("response.reasoning_summary_part.done", { ...at, summary_index: 0, part: summaryPart(text) })
    );
  }

  #event(type: string, data: Body): string {
    return eventOf(type, { ...data, sequence_number: this.#sequence++ });
  }
}
