import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Body, DialectName } from "./dialect.ts";
import { STREAMED, WHOLE } from "./testing/answers.ts";
import { PATHS } from "./testing/requests.ts";
import { ask, events, json, KEY, openWorld, post, sse, testEnv, tokenOf, type World } from "./testing/world.ts";

let world: World;

beforeEach(async () => {
  world = await openWorld("claude", "gemini", "router", "fake", "local");
});

const hello = [{ role: "user", content: "hi" }];
const chat = (body: Body) => post(world, PATHS.chat, { messages: hello, ...body });
const messages = (body: Body) => post(world, PATHS.messages, { max_tokens: 100, messages: hello, ...body });

describe("what a provider cannot be told", () => {
  it.each<[string, string, DialectName, Body]>([
    ["seed", "claude", "chat", { seed: 1 }],
    ["temperature", "claude", "chat", { temperature: 1.5 }],
    ["logit_bias", "claude", "chat", { logit_bias: {} }],
    ["messages.0.content.0.type", "claude", "chat", { messages: [{ role: "user", content: [{ type: "video" }] }] }],
    [
      "messages.0.content.0.image_url.url",
      "claude",
      "chat",
      {
        messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "ftp://x" } }] }],
      },
    ],
    ["parallel_tool_calls", "gemini", "chat", { parallel_tool_calls: false }],
    ["top_k", "local", "messages", { top_k: 5 }],
    ["mcp_servers", "gemini", "messages", { mcp_servers: [] }],
    ["tools.0.type", "gemini", "messages", { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
    ["truncation", "claude", "responses", { truncation: "auto" }],
    ["input.0.type", "claude", "responses", { input: [{ type: "item_reference", id: "rs_1" }] }],
  ])("is refused before the call: %s to %s in %s", async (field, slug, ...[dialect, body]) => {
    const prompt = dialect === "responses" ? { input: "hi" } : { messages: hello };
    const limit = dialect === "messages" ? { max_tokens: 100 } : {};
    const answer = await post(world, PATHS[dialect], { ...prompt, ...limit, model: `${slug}/big`, ...body });
    const { error } = (await answer.json()) as { error: { message: string } };
    expect(error.message).toMatch(new RegExp(`^${field}: `));
    expect(answer.status).toBe(400);
    expect(world.sent).toEqual([]);
  });

  it("is images in the results of tools where the form has no place for them", async () => {
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } };
    const answer = await messages({
      model: "local/big",
      messages: [
        ...hello,
        { role: "assistant", content: [{ type: "tool_use", id: "c", name: "see", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: [image] }] },
      ],
    });
    expect(answer.status).toBe(400);
    expect(world.sent).toEqual([]);
  });
});

describe("what a provider is told", () => {
  it("is where Anthropic's cache may end, from a chat client", async () => {
    world.answers = [() => json(WHOLE.messages)];
    const content = [{ type: "text", text: "long", cache_control: { type: "ephemeral" } }];
    await chat({ model: "claude/big", messages: [{ role: "user", content }], parallel_tool_calls: false });
    expect(world.sent[0]?.body.messages).toEqual([
      { role: "user", content: [{ type: "text", text: "long", cache_control: { type: "ephemeral" } }] },
    ]);
  });

  it("is an effort and a form of answer", async () => {
    world.answers = [() => json(WHOLE.messages), () => json(WHOLE.google), () => json(WHOLE.chat)];
    const schema = {
      type: "object",
      properties: { a: { type: "string" } },
      required: ["a"],
      additionalProperties: false,
    };
    const format = { type: "json_schema", json_schema: { name: "it", schema, strict: true } };
    await chat({ model: "gemini/big", response_format: format });
    expect(world.sent[0]?.body.generationConfig).toMatchObject({ responseMimeType: "application/json" });
    await messages({
      model: "fake/big",
      thinking: { type: "enabled", budget_tokens: 10_000 },
      output_config: { format: { type: "json_schema", schema } },
    });
    expect(world.sent[1]?.body).toMatchObject({ max_completion_tokens: 100, reasoning_effort: "medium" });
    expect(world.sent[1]?.body).toMatchObject({ response_format: { type: "json_schema", json_schema: { schema } } });
    expect(world.sent[1]?.body).not.toHaveProperty("max_tokens");
  });

  it("is Gemini's own signature of a call, which chat clients give back", async () => {
    world.answers = [() => json(WHOLE.google), () => json(WHOLE.google)];
    const first = (await (await chat({ model: "gemini/big" })).json()) as { choices: [{ message: object }] };
    const result = { role: "tool", tool_call_id: "c1", content: "/" };
    await chat({ model: "gemini/big", messages: [...hello, first.choices[0].message, result] });
    expect(world.sent[1]?.body.contents).toMatchObject([
      {},
      { parts: [{ thought: true }, {}, { functionCall: { name: "bash" }, thoughtSignature: "sealed" }] },
      { parts: [{ functionResponse: { name: "bash" } }] },
    ]);
  });

  it("is Anthropic's signature of its thinking, sealed in what clients of responses give back", async () => {
    world.answers = [() => json(WHOLE.messages), () => json(WHOLE.messages)];
    const asked = { model: "claude/big", reasoning: { effort: "low" } };
    const first = await post(world, PATHS.responses, { ...asked, input: hello });
    const { output } = (await first.json()) as { output: object[] };
    const result = { type: "function_call_output", call_id: "c1", output: "/" };
    await post(world, PATHS.responses, { ...asked, input: [...hello, ...output, result] });
    expect(world.sent[1]?.body.messages).toMatchObject([
      {},
      {
        content: [
          { type: "thinking", thinking: "hm", signature: "sig" },
          { type: "text" },
          { type: "tool_use", id: "c1" },
        ],
      },
      { content: [{ type: "tool_result", tool_use_id: "c1" }] },
    ]);
  });

  it("is an image by its address, which the gateway fetches for Google", async () => {
    const png = () => new Response(new Uint8Array([1, 2, 3]), { headers: { "content-type": "image/png" } });
    const url = "https://pictures.example.com/a.png?key=secret";
    const seen = [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }];
    world.answers = [png, () => json(WHOLE.google)];
    expect((await chat({ model: "gemini/big", messages: seen })).status).toBe(200);
    expect(world.sent[0]?.headers.get("x-goog-api-key")).toBeNull();
    expect(world.sent[1]?.body.contents).toMatchObject([
      { parts: [{ inlineData: { mimeType: "image/png", data: "AQID" } }] },
    ]);
    world.answers = [() => new Response("<html>", { headers: { "content-type": "text/html" } })];
    const refused = await chat({ model: "gemini/big", messages: seen });
    const { error } = (await refused.json()) as { error: { message: string } };
    expect(refused.status).toBe(400);
    expect(error.message).toBe("https://pictures.example.com/a.png: it answers 200 with no image or PDF.");
    const inward = [{ role: "user", content: [{ type: "image_url", image_url: { url: "http://169.254.169.254/a" } }] }];
    expect((await chat({ model: "gemini/big", messages: inward })).status).toBe(400);
    expect(world.sent).toHaveLength(3);
  });

  it("is that a tool failed", async () => {
    world.answers = [() => json(WHOLE.google)];
    const calls = { role: "assistant", content: [{ type: "tool_use", id: "c1", name: "bash", input: {} }] };
    const results = [{ type: "tool_result", tool_use_id: "c1", content: "no such file", is_error: true }];
    await messages({ model: "gemini/big", messages: [...hello, calls, { role: "user", content: results }] });
    expect(JSON.stringify(world.sent[0]?.body.contents)).toContain("no such file");
  });

  it("is the client's own bytes and betas where Anthropic speaks with its own", async () => {
    world.answers = [() => json(WHOLE.messages)];
    const body = {
      model: "claude/big",
      max_tokens: 9,
      messages: hello,
      thinking: { type: "new" },
      context_management: { a: 1 },
    };
    const headers = { "x-api-key": await tokenOf(world), "anthropic-beta": "new-1", "anthropic-version": "2024-01-01" };
    await ask(PATHS.messages, { method: "POST", headers, body: JSON.stringify(body) });
    expect(world.sent[0]?.body).toEqual({ ...body, model: "big" });
    const { headers: sent } = world.sent[0] ?? {};
    expect([sent?.get("anthropic-beta"), sent?.get("anthropic-version")]).toEqual(["new-1", "2024-01-01"]);
    expect(sent?.get("x-api-key")).toBe(KEY);
  });

  it("is to store nothing, where OpenAI would", async () => {
    world.answers = [() => json(WHOLE.responses)];
    await post(world, PATHS.responses, { model: "fake/big", input: "hi" });
    expect(world.sent[0]?.body).toEqual({ model: "big", input: "hi", store: false });
  });
});

describe("what comes back", () => {
  it("is an error inside a stream in the dialect's own form", async () => {
    const broken = events({ type: "error", error: { type: "overloaded_error", message: `Overloaded ${KEY}` } });
    const half = () => sse(...STREAMED.messages.slice(0, 3), ...broken);
    world.answers = [half, half, half];
    const inChat = await (await chat({ model: "claude/big", stream: true })).text();
    expect(inChat).toMatch(/data: \{"error":\{"message":"Overloaded \[redacted\]"[^\n]*\n\n$/);
    const input = { input: "hi", model: "claude/big", stream: true };
    const inResponses = await (await post(world, PATHS.responses, input)).text();
    expect(inResponses).toMatch(
      /event: error\ndata: \{"type":"error","code":"upstream_failed","message":"Overloaded[^\n]*\n\n$/,
    );
    const geminiError = events({ error: { code: 503, message: "Overloaded", status: "UNAVAILABLE" } });
    world.answers = [() => sse(...STREAMED.google.slice(0, 2), ...geminiError)];
    const inMessages = await (await messages({ model: "gemini/big", stream: true })).text();
    expect(inMessages).toMatch(
      /event: error\ndata: \{"type":"error","error":\{"type":"api_error","message":"[^\n]*\n\n$/,
    );
    expect(world.recorded).toHaveLength(3);
  });

  it("is OpenRouter's own cost", async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, cost: 0.00042 };
    const whole = { ...WHOLE.chat, usage };
    const last = `data: ${JSON.stringify({ choices: [], usage })}\n\n`;
    world.answers = [() => json(whole), () => json(whole), () => sse(...STREAMED.chat.slice(0, 6), last)];
    await chat({ model: "router/big" });
    await messages({ model: "router/big" });
    await (await messages({ model: "router/big", stream: true })).text();
    expect(world.recorded.map((one) => one.usage.costMicroUsd)).toEqual([420, 420, 420]);
  });

  it("is the provider's count of a prompt, or ours", async () => {
    world.answers = [() => json({ input_tokens: 77 })];
    const count = async (model: string) =>
      (await post(world, "/v1/messages/count_tokens", { model, messages: hello })).json();
    expect(await count("claude/big")).toEqual({ input_tokens: 77 });
    expect(world.sent[0]?.url).toBe("https://api.anthropic.com/v1/messages/count_tokens");
    expect(await count("gemini/big")).toEqual({ input_tokens: 1 });
    expect(world.recorded).toEqual([]);
  });

  it("is a count of our own where the provider gives none", async () => {
    const silent = { ...WHOLE.chat, usage: undefined };
    world.answers = [() => json(silent)];
    await messages({ model: "local/big" });
    expect(world.recorded[0]?.usage).toMatchObject({ inputTokens: 1, outputTokens: Math.ceil(24 / 4) });
  });

  it("is the truth about a provider that does not answer in time, after no more than was tried", async () => {
    world.limits = { firstTokenMs: 30 };
    world.answers = [
      (init) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        }),
    ];
    const answer = await chat({ model: "claude/big", stream: true });
    expect([answer.status, await answer.text()]).toEqual([504, expect.stringContaining("did not answer in time")]);
    expect(world.sent).toHaveLength(1);
  });

  it("is an answer after a refusal for now, tried again as for every provider", async () => {
    world.answers = [() => json({}, 529), () => json({}, 429, { "retry-after": "2" }), () => json(WHOLE.messages)];
    expect((await chat({ model: "claude/big" })).status).toBe(200);
    expect(world.slept).toEqual([400, 2000]);
  });

  it("is written down once, without key and prompt", async () => {
    const lines: string[] = [];
    const take = (line: unknown) => void lines.push(String(line));
    const spies = (["log", "warn", "error"] as const).map((name) => vi.spyOn(console, name).mockImplementation(take));
    world.answers = [() => sse(...STREAMED.messages), () => json({ error: { message: `bad ${KEY}` } }, 400)];
    const headers = { authorization: `Bearer ${await tokenOf(world)}` };
    const loud = { ...testEnv, LOG_LEVEL: "info" };
    for (const stream of [true, false]) {
      const body = JSON.stringify({ model: "claude/big", stream, messages: [{ role: "user", content: "the-prompt" }] });
      await (await ask(PATHS.chat, { method: "POST", headers, body }, loud)).text();
    }
    for (const spy of spies) spy.mockRestore();
    const calls = lines.map((line) => JSON.parse(line)).filter((event) => event.event === "llm.call");
    expect(calls).toMatchObject([
      { outcome: "complete", status: 200, attempts: 1 },
      { outcome: "failed", status: 400 },
    ]);
    expect(lines.join()).not.toMatch(new RegExp(`${KEY}|the-prompt`));
  });
});
