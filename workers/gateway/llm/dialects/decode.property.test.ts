import { AnthropicMessagesLanguageModel } from "@ai-sdk/anthropic/internal";
import { createOpenAI } from "@ai-sdk/openai";
import { OpenAICompatibleChatLanguageModel } from "@ai-sdk/openai-compatible";
import type { LanguageModelV4, LanguageModelV4Prompt } from "@ai-sdk/provider";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Body, CallOptions, Decoded, DialectName } from "../dialect.ts";
import { chatDialect } from "./chat.ts";
import { messagesDialect } from "./messages.ts";
import { responsesDialect } from "./responses.ts";

/** The vendors' own clients write requests; what we read of them, written again, must be the same request. */
type Catch = (fetch: typeof globalThis.fetch) => LanguageModelV4;

const base = "https://vendor.example.com/v1";
const WRITERS: Record<DialectName, Catch> = {
  chat: (fetch) =>
    new OpenAICompatibleChatLanguageModel("m", {
      provider: "upstream.chat",
      url: ({ path }) => base + path,
      headers: {},
      fetch,
      supportsStructuredOutputs: true,
    }),
  messages: (fetch) =>
    new AnthropicMessagesLanguageModel("claude-sonnet-4-5", {
      provider: "anthropic",
      baseURL: base,
      headers: {},
      fetch,
    }),
  responses: (fetch) => createOpenAI({ apiKey: "k", baseURL: base, fetch }).responses("gpt-4.1"),
};

/** The body that a vendor's client sends. */
async function write(dialect: DialectName, options: CallOptions): Promise<Body> {
  let sent = "";
  const model = WRITERS[dialect](async (_input, init) => {
    sent = String(init?.body);
    throw new Error("caught");
  });
  await Promise.resolve(model.doGenerate(options)).catch((error) => {
    if (error.message !== "caught" && sent === "") throw error;
  });
  return JSON.parse(sent);
}

const text = fc
  .string({ minLength: 1, maxLength: 12, unit: "grapheme" })
  .filter((one) => one.trim() === one && one !== "");
const name = fc.stringMatching(/^[a-z]{1,8}$/);
const image = { type: "file" as const, mediaType: "image/png", data: { type: "data" as const, data: "iVBORw0KGgo=" } };
const linked = (url: URL) => ({ type: "file" as const, mediaType: "image/*", data: { type: "url" as const, url } });
const input = fc.dictionary(name, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 3 });

const userPart = fc.oneof(
  text.map((one) => ({ type: "text" as const, text: one })),
  fc.constantFrom(image, linked(new URL("https://pictures.example.com/a.png"))),
);

/** A turn: what a person says, what the model answers, and the results of what it called. */
const turn = fc
  .record({
    said: fc.array(userPart, { minLength: 1, maxLength: 3 }),
    answer: fc.option(text, { nil: null }),
    calls: fc.array(fc.record({ name, input, result: text }), { maxLength: 3 }),
  })
  .filter(({ answer, calls }) => answer !== null || calls.length > 0);

const promptOf = (
  turns: { said: never[]; answer: string | null; calls: { name: string; input: object; result: string }[] }[],
  system: string | null,
) => {
  const messages = turns.flatMap(({ said, answer, calls }, at): LanguageModelV4Prompt => {
    const id = (index: number) => `call_${at}_${index}`;
    const called = calls.map((call, index) => ({
      type: "tool-call" as const,
      toolCallId: id(index),
      toolName: call.name,
      input: call.input,
    }));
    const results = calls.map((call, index) => ({
      type: "tool-result" as const,
      toolCallId: id(index),
      toolName: call.name,
      output: { type: "text" as const, value: call.result },
    }));
    return [
      { role: "user", content: said },
      {
        role: "assistant",
        content: [...(answer === null ? [] : [{ type: "text" as const, text: answer }]), ...called],
      },
      ...(results.length > 0 ? [{ role: "tool" as const, content: results }] : []),
    ];
  });
  const last: LanguageModelV4Prompt = [{ role: "user", content: [{ type: "text", text: "Go on." }] }];
  return [...(system === null ? [] : [{ role: "system" as const, content: system }]), ...messages, ...last];
};

const schema = {
  type: "object" as const,
  properties: { command: { type: "string" as const } },
  required: ["command"],
  additionalProperties: false,
};

const options: fc.Arbitrary<CallOptions> = fc
  .record({
    turns: fc.array(turn, { maxLength: 3 }),
    system: fc.option(text, { nil: null }),
    maxOutputTokens: fc.integer({ min: 1, max: 4000 }),
    sampling: fc.constantFrom({}, { temperature: 0.5 }, { topP: 0.25 }),
    tools: fc.uniqueArray(name, { maxLength: 3 }),
    choice: fc.constantFrom("auto" as const, "required" as const, "named" as const, null),
    json: fc.boolean(),
  })
  .map(({ turns, system, maxOutputTokens, sampling, tools, choice, json }) => {
    const first = tools[0];
    const chosen = choice === "named" ? { type: "tool" as const, toolName: first ?? "" } : choice && { type: choice };
    return {
      prompt: promptOf(turns as never, system),
      maxOutputTokens,
      ...sampling,
      ...(json ? { responseFormat: { type: "json" as const, name: "answer", schema } } : {}),
      ...(first
        ? {
            tools: tools.map((one) => ({
              type: "function" as const,
              name: one,
              description: `Does ${one}`,
              inputSchema: schema,
            })),
          }
        : {}),
      ...(first && chosen ? { toolChoice: chosen } : {}),
    };
  });

const READ: Record<DialectName, (body: Body) => Decoded> = {
  chat: chatDialect.decode,
  messages: messagesDialect.decode,
  responses: responsesDialect.decode,
};

describe.each(Object.keys(READ) as DialectName[])("%s", (dialect) => {
  it("reads a vendor's request and means the same", async () => {
    await fc.assert(
      fc.asyncProperty(options, async (asked) => {
        const body = await write(dialect, asked);
        const decoded = READ[dialect](body);
        if (!decoded.ok) throw new Error(decoded.failure.problem.detail);
        expect(await write(dialect, decoded.options)).toEqual(body);
        const again = READ[dialect](await write(dialect, decoded.options));
        expect(again).toEqual(decoded);
      }),
      { numRuns: 150 },
    );
  });
});
