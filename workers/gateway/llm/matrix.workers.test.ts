import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DialectName } from "./dialect.ts";
import { SAID, type Spoken, STREAMED, WHOLE } from "./testing/answers.ts";
import { type Clients, clientsOf, READERS } from "./testing/clients.ts";
import { IMAGE, PATHS, REQUESTS } from "./testing/requests.ts";
import { json, KEY, openWorld, post, sse, type World } from "./testing/world.ts";

/** Every dialect against every kind of provider, asked and read with the vendors' own libraries. */
const DIALECTS: DialectName[] = ["chat", "responses", "messages"];

/** What each provider speaks with a client of each dialect, and where. */
const SPOKEN: Record<string, Record<DialectName, Spoken>> = {
  fake: { chat: "chat", responses: "responses", messages: "chat" },
  claude: { chat: "messages", responses: "messages", messages: "messages" },
  gemini: { chat: "google", responses: "google", messages: "google" },
  oldgoogle: { chat: "chat", responses: "chat", messages: "chat" },
  router: { chat: "chat", responses: "chat", messages: "chat" },
  cloudflare: { chat: "chat", responses: "chat", messages: "chat" },
  local: { chat: "chat", responses: "chat", messages: "chat" },
};
const ADDRESSES: Record<Spoken, RegExp> = {
  google: /\/v1beta\/models\/big:(?:generateContent|streamGenerateContent\?alt=sse)$/,
  chat: /\/chat\/completions$/,
  responses: /\/responses$/,
  messages: /^https:\/\/api\.anthropic\.com\/v1\/messages$/,
};
const KEY_HEADERS: Record<Spoken, string> = {
  chat: "authorization",
  responses: "authorization",
  messages: "x-api-key",
  google: "x-goog-api-key",
};
const CASES = Object.entries(SPOKEN).flatMap(([slug, spoken]) =>
  DIALECTS.flatMap((dialect) => [true, false].map((stream) => ({ slug, dialect, stream, wire: spoken[dialect] }))),
);

let world: World;
let clients: Clients;

beforeEach(async () => {
  world = await openWorld(...Object.keys(SPOKEN));
  clients = await clientsOf(world);
});

/** The parts of a request that must reach the provider, in its own form. */
const ASKED: Record<Spoken, object> = {
  google: {
    systemInstruction: { parts: [{ text: "Be brief." }] },
    contents: [
      { role: "user", parts: [{ text: "What is this?" }, { inlineData: { mimeType: "image/png", data: IMAGE } }] },
      { role: "model", parts: [{ functionCall: { name: "bash", args: { command: "ls" } } }] },
      { role: "user", parts: [{ functionResponse: { name: "bash", response: { content: "a.txt" } } }] },
    ],
    generationConfig: { maxOutputTokens: 500, temperature: 0.5 },
  },
  chat: {
    model: "big",
    messages: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${IMAGE}` } },
        ],
      },
      { role: "assistant", tool_calls: [{ id: "c0", function: { name: "bash", arguments: '{"command":"ls"}' } }] },
      { role: "tool", tool_call_id: "c0", content: "a.txt" },
    ],
    tools: [{ type: "function", function: { name: "bash", description: "Runs it" } }],
    tool_choice: "auto",
    temperature: 0.5,
  },
  messages: {
    model: "big",
    system: [{ type: "text", text: "Be brief." }],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: IMAGE } },
        ],
      },
      { role: "assistant", content: [{ type: "tool_use", id: "c0", name: "bash", input: { command: "ls" } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c0", content: "a.txt" }] },
    ],
    tools: [{ name: "bash", description: "Runs it" }],
    tool_choice: { type: "auto" },
    max_tokens: 500,
    temperature: 0.5,
  },
  responses: { ...REQUESTS.responses, model: "big" },
};

describe.each(CASES)("$dialect to $slug ($wire), streamed: $stream", ({ slug, dialect, stream, wire }) => {
  it("carries text, reasoning, calls, images and usage both ways", async () => {
    world.answers = [() => (stream ? sse(...STREAMED[wire]) : json(WHOLE[wire]))];
    const said = await READERS[dialect](clients, { ...REQUESTS[dialect], model: `${slug}/big`, stream });
    expect(said).toEqual({ ...SAID, call: { id: "c1", ...SAID.call } });
    expect(world.sent).toHaveLength(1);
    expect(world.sent[0]?.url).toMatch(ADDRESSES[wire]);
    expect(world.sent[0]?.body).toMatchObject(ASKED[wire]);
    const headers = world.sent[0]?.headers;
    expect(headers?.get(KEY_HEADERS[wire])).toContain(KEY);
    expect(world.recorded.map(({ model, usage }) => [model, usage])).toEqual([
      [`${slug}/big`, { inputTokens: 30, outputTokens: 7, cachedTokens: 10, costMicroUsd: 35 }],
    ]);
  });

  it("tells an error before the answer with its status", async () => {
    world.answers = [() => json({ error: { type: "x", message: `Bad key ${KEY}` } }, 401)];
    const answer = await post(world, PATHS[dialect], { ...REQUESTS[dialect], model: `${slug}/big`, stream });
    const text = await answer.text();
    expect(answer.status).toBe(401);
    expect(JSON.parse(text).error.message).toBe("Fake AI answered 401: Bad key [redacted]");
    expect(JSON.parse(text).type).toBe(dialect === "messages" ? "error" : undefined);
    expect(world.recorded).toEqual([]);
  });

  it("gives no answer that stops in its middle as whole", async () => {
    const half = STREAMED[wire].slice(0, 2);
    world.answers = [() => (stream ? sse(...half, new Error("reset")) : new Response("{"))];
    const asked = READERS[dialect](clients, { ...REQUESTS[dialect], model: `${slug}/big`, stream });
    await expect(asked).rejects.toThrow(stream ? "The connection to Fake AI broke." : "did not answer in the form");
    expect(world.recorded).toHaveLength(stream ? 1 : 0);
  });

  it.runIf(stream)("records what passed when the client goes away", async () => {
    const gone = vi.fn();
    const queue = STREAMED[wire].slice(0, -2);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = queue.shift();
        if (next) controller.enqueue(new TextEncoder().encode(next));
        else return new Promise(() => undefined);
      },
      cancel: gone,
    });
    world.answers = [() => new Response(body)];
    const answer = await post(world, PATHS[dialect], { ...REQUESTS[dialect], model: `${slug}/big`, stream });
    const reader = answer.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await vi.waitFor(() => expect(world.recorded).toHaveLength(1));
    expect(gone).toHaveBeenCalled();
  });
});
