import type { DialectName } from "../dialect.ts";
import { events } from "./world.ts";

const COMMAND = '{"command":"pwd"}';

/** What every vendor of these tests answers: reasoning, a text and a call, with 30 tokens in (10 cached) and 7 out. */
export const SAID = {
  reasoning: "hm",
  text: "Hello",
  call: { name: "bash", input: { command: "pwd" } },
  usage: { input: 30, cached: 10, output: 7 },
};

const chatChunk = (delta: object, finish: string | null = null) => ({
  id: "x",
  created: 1,
  model: "big",
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const chatUsage = {
  prompt_tokens: 30,
  completion_tokens: 7,
  prompt_tokens_details: { cached_tokens: 10 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
const chatCall = (text: string) => ({ id: "c1", type: "function", function: { name: "bash", arguments: text } });

const block = (index: number, start: object, ...deltas: object[]) => [
  { type: "content_block_start", index, content_block: start },
  ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
  { type: "content_block_stop", index },
];
const message = { id: "m", type: "message", role: "assistant", model: "big", stop_sequence: null };
const messagesUsage = { input_tokens: 20, cache_read_input_tokens: 10, cache_creation_input_tokens: 0 };

const responseOutput = [
  { type: "reasoning", id: "rs", summary: [{ type: "summary_text", text: "hm" }] },
  { type: "message", id: "msg", role: "assistant", content: [{ type: "output_text", text: "Hello", annotations: [] }] },
  { type: "function_call", id: "fc", call_id: "c1", name: "bash", arguments: COMMAND },
];
const response = {
  id: "resp",
  object: "response",
  status: "completed",
  model: "big",
  output: responseOutput,
  usage: {
    input_tokens: 30,
    input_tokens_details: { cached_tokens: 10 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 37,
  },
};

/** What a vendor speaks: a dialect of ours, or Gemini's generateContent. */
export type Spoken = DialectName | "google";

const geminiUsage = {
  promptTokenCount: 30,
  cachedContentTokenCount: 10,
  candidatesTokenCount: 5,
  thoughtsTokenCount: 2,
  totalTokenCount: 37,
};
const gemini = (parts: object[], last?: object) => ({
  candidates: [{ index: 0, content: { role: "model", parts }, ...last }],
});
const geminiEnd = { finishReason: "STOP" };
const geminiCall = { functionCall: { id: "c1", name: "bash", args: { command: "pwd" } }, thoughtSignature: "sealed" };

/** A vendor's whole answer, by what it speaks. */
export const WHOLE: Record<Spoken, object> = {
  google: {
    ...gemini([{ text: "hm", thought: true }, { text: "Hello" }, geminiCall], geminiEnd),
    usageMetadata: geminiUsage,
  },
  chat: {
    id: "x",
    object: "chat.completion",
    created: 1,
    model: "big",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Hello", reasoning_content: "hm", tool_calls: [chatCall(COMMAND)] },
        finish_reason: "tool_calls",
      },
    ],
    usage: chatUsage,
  },
  messages: {
    ...message,
    content: [
      { type: "thinking", thinking: "hm", signature: "sig" },
      { type: "text", text: "Hello" },
      { type: "tool_use", id: "c1", name: "bash", input: { command: "pwd" } },
    ],
    stop_reason: "tool_use",
    usage: { ...messagesUsage, output_tokens: 7 },
  },
  responses: response,
};

/** A vendor's streamed answer. */
export const STREAMED: Record<Spoken, string[]> = {
  google: events(
    gemini([{ text: "hm", thought: true }]),
    gemini([{ text: "Hel" }]),
    gemini([{ text: "lo" }]),
    gemini([geminiCall]),
    { ...gemini([{ text: "" }], geminiEnd), usageMetadata: geminiUsage },
  ),
  chat: [
    ...events(
      chatChunk({ role: "assistant", reasoning_content: "hm" }),
      chatChunk({ content: "Hel" }),
      chatChunk({ content: "lo" }),
      chatChunk({ tool_calls: [{ index: 0, ...chatCall(COMMAND.slice(0, 5)) }] }),
      chatChunk({ tool_calls: [{ index: 0, function: { arguments: COMMAND.slice(5) } }] }),
      chatChunk({}, "tool_calls"),
      { ...chatChunk({}), choices: [], usage: chatUsage },
    ),
    "data: [DONE]\n\n",
  ],
  messages: events(
    {
      type: "message_start",
      message: { ...message, content: [], stop_reason: null, usage: { ...messagesUsage, output_tokens: 1 } },
    },
    ...block(
      0,
      { type: "thinking", thinking: "", signature: "" },
      { type: "thinking_delta", thinking: "hm" },
      { type: "signature_delta", signature: "sig" },
    ),
    ...block(1, { type: "text", text: "" }, { type: "text_delta", text: "Hel" }, { type: "text_delta", text: "lo" }),
    ...block(
      2,
      { type: "tool_use", id: "c1", name: "bash", input: {} },
      { type: "input_json_delta", partial_json: COMMAND.slice(0, 5) },
      { type: "input_json_delta", partial_json: COMMAND.slice(5) },
    ),
    { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 7 } },
    { type: "message_stop" },
  ),
  responses: events(
    {
      type: "response.created",
      sequence_number: 0,
      response: { ...response, status: "in_progress", output: [], usage: null },
    },
    { type: "response.in_progress", sequence_number: 1, response: { ...response, status: "in_progress", output: [] } },
    { type: "response.completed", sequence_number: 2, response },
  ),
};
