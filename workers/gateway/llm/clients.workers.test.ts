import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { beforeEach, describe, expect, it } from "vitest";
import { DEMO_MODEL } from "#contract/provider";
import { clientsOf } from "./testing/clients.ts";
import { openWorld, type World } from "./testing/world.ts";

/** Each dialect as its vendor's own client library speaks it, with the demo model behind the gateway. */
let world: World;
let openai: OpenAI;
let anthropic: Anthropic;

beforeEach(async () => {
  world = await openWorld();
  ({ openai, anthropic } = await clientsOf(world));
});

const SCRIPT = "think: let me see\nsay: hello wörld 👋\nrun: echo hi";
const bash = {
  type: "object" as const,
  properties: { command: { type: "string" as const } },
  required: ["command"],
  additionalProperties: false,
};

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

describe("openai, chat completions", () => {
  const tools = [{ type: "function" as const, function: { name: "bash", parameters: bash } }];
  const messages = [{ role: "user" as const, content: SCRIPT }];

  it("streams text and a tool call, and goes on with its result", async () => {
    const runner = openai.chat.completions.stream({
      model: DEMO_MODEL,
      messages,
      tools,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(runner);
    const pieces = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").filter((piece) => piece !== "");
    expect(pieces.join("")).toBe("hello wörld 👋\n");
    expect(pieces.length).toBeGreaterThan(2);
    const { choices, usage } = await runner.finalChatCompletion();
    const call = choices[0]?.message.tool_calls?.[0];
    expect(call).toMatchObject({ type: "function", function: { name: "bash", arguments: '{"command":"echo hi"}' } });
    expect(choices[0]?.finish_reason).toBe("tool_calls");
    expect(usage).toMatchObject({ prompt_tokens: 13, completion_tokens: world.recorded[0]?.usage.outputTokens });
    const result = { role: "tool" as const, tool_call_id: call?.id ?? "", content: "hi" };
    const last = await openai.chat.completions.create({
      model: DEMO_MODEL,
      tools,
      messages: [...messages, choices[0]?.message as OpenAI.ChatCompletionMessage, result],
    });
    expect(last.choices[0]?.message.content).toContain("run `echo hi`: hi");
    expect(world.recorded).toHaveLength(2);
  });

  it("gets errors as answers, and in a stream", async () => {
    const failing = (content: string) =>
      openai.chat.completions.create({ model: DEMO_MODEL, messages: [{ role: "user", content }], stream: true });
    await expect(failing("fail: tired")).rejects.toMatchObject({
      status: 502,
      message: expect.stringContaining("tired"),
    });
    await expect(failing("say: x\nfail: tired").then(collect)).rejects.toMatchObject({
      message: expect.stringContaining("tired"),
    });
    const unknown = openai.chat.completions.create({ model: "no/such", messages });
    await expect(unknown).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it("lists the models", async () => {
    expect((await collect(openai.models.list())).map((model) => model.id)).toEqual([DEMO_MODEL]);
  });
});

describe("openai, responses", () => {
  const tools = [{ type: "function" as const, name: "bash", parameters: bash, strict: true }];

  it("streams reasoning, text and a tool call, and goes on with its result", async () => {
    const runner = openai.responses.stream({ model: DEMO_MODEL, input: SCRIPT, tools, store: false });
    const events = await collect(runner);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, at) => at));
    const { output, output_text, status, usage } = await runner.finalResponse();
    expect([output_text, status]).toEqual(["hello wörld 👋\n", "completed"]);
    expect(output.map((item) => item.type)).toEqual(["reasoning", "message", "function_call"]);
    expect(output[0]).toMatchObject({ summary: [{ text: "let me see" }] });
    expect(output[2]).toMatchObject({ name: "bash", arguments: '{"command":"echo hi"}' });
    expect(usage?.total_tokens).toBe(13 + (world.recorded[0]?.usage.outputTokens ?? 0));
    const callId = output.find((item) => item.type === "function_call")?.call_id ?? "";
    const result = { type: "function_call_output" as const, call_id: callId, output: "hi" };
    const last = await openai.responses.create({
      model: DEMO_MODEL,
      store: false,
      tools,
      input: [{ role: "user", content: SCRIPT }, ...(output as OpenAI.Responses.ResponseInputItem[]), result],
    });
    expect(last.output_text).toContain("run `echo hi`: hi");
  });

  it("gets errors as answers, and in a stream", async () => {
    const failing = (input: string) =>
      openai.responses.create({ model: DEMO_MODEL, input, store: false, stream: true });
    await expect(failing("fail: tired")).rejects.toMatchObject({ status: 502, code: "upstream_failed" });
    await expect(failing("say: x\nfail: tired").then(collect)).rejects.toThrow("tired");
  });

  it.each([
    ["previous_response_id", { previous_response_id: "resp_1" }],
    ["store", { store: true }],
    ["background", { background: true }],
    ["tools.0.type", { tools: [{ type: "web_search" as const }] }],
    ["conversation", { conversation: "conv_1" }],
  ])("refuses %s plainly", async (field, given) => {
    const asked = openai.responses.create({ model: DEMO_MODEL, input: "say: x", ...given });
    await expect(asked).rejects.toMatchObject({ status: 400, message: expect.stringContaining(field) });
    expect(world.recorded).toEqual([]);
  });
});

describe("anthropic, messages", () => {
  const tools = [{ name: "bash", input_schema: bash }];
  const ask = { model: DEMO_MODEL, max_tokens: 1000 };
  const messages = [{ role: "user" as const, content: SCRIPT }];

  it("streams thinking, text and a tool call, and goes on with its result", async () => {
    const runner = anthropic.messages.stream({ ...ask, messages, tools });
    const pieces: string[] = [];
    runner.on("text", (piece) => pieces.push(piece));
    const message = await runner.finalMessage();
    expect(pieces.join("")).toBe("hello wörld 👋\n");
    expect(pieces.length).toBeGreaterThan(2);
    expect(message.content).toMatchObject([
      { type: "thinking", thinking: "let me see" },
      { type: "text", text: "hello wörld 👋\n" },
      { type: "tool_use", name: "bash", input: { command: "echo hi" } },
    ]);
    expect(message.stop_reason).toBe("tool_use");
    expect(message.usage).toMatchObject({ input_tokens: 13, output_tokens: world.recorded[0]?.usage.outputTokens });
    const call = message.content.find((block) => block.type === "tool_use");
    const result = { type: "tool_result" as const, tool_use_id: call?.id ?? "", content: "hi" };
    const last = await anthropic.messages.create({
      ...ask,
      tools,
      messages: [...messages, { role: "assistant", content: message.content }, { role: "user", content: [result] }],
    });
    expect(last.content[0]).toMatchObject({ type: "text", text: expect.stringContaining("run `echo hi`: hi") });
    expect(last.stop_reason).toBe("end_turn");
  });

  it("gets errors as answers, and in a stream", async () => {
    const failing = (content: string) =>
      anthropic.messages.stream({ ...ask, messages: [{ role: "user", content }] }).finalMessage();
    await expect(failing("fail: tired")).rejects.toMatchObject({ status: 502, type: "api_error" });
    await expect(failing("say: x\nfail: tired")).rejects.toThrow("tired");
    const unknown = anthropic.messages.create({ ...ask, model: "no/such", messages });
    await expect(unknown).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  });

  it("lists the models and counts tokens, which is no usage", async () => {
    expect((await collect(anthropic.models.list())).map((model) => model.id)).toEqual([DEMO_MODEL]);
    expect(await anthropic.messages.countTokens({ model: DEMO_MODEL, messages })).toEqual({ input_tokens: 13 });
    expect(world.recorded).toEqual([]);
  });

  it("takes a run token and nothing else", async () => {
    const stranger = anthropic.withOptions({ apiKey: "forged" });
    await expect(stranger.messages.create({ ...ask, messages })).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
  });
});
