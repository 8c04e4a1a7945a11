import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "#platform/env";
import { newId } from "#platform/new-id";
import { ask, json, KEY, openWorld, sse, testEnv, tokenOf, type World } from "./testing/world.ts";

const PROMPT = "the-secret-prompt";
let world: World;

const delta = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const usage = (input: number, output: number, cached = 0) =>
  `data: ${JSON.stringify({
    choices: [],
    usage: { prompt_tokens: input, completion_tokens: output, prompt_tokens_details: { cached_tokens: cached } },
  })}\n\n`;

beforeEach(async () => {
  world = await openWorld("fake");
});

async function call(body: object, options: { token?: string; env?: Env } = {}): Promise<Response> {
  const token = options.token ?? (await tokenOf(world));
  const init = {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "fake/big", messages: [{ role: "user", content: PROMPT }], ...body }),
  };
  return ask("/v1/chat/completions", init, options.env);
}

describe("LLM gateway", () => {
  it("takes a run token and nothing else", async () => {
    const answer = await call({}, { token: "forged" });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: "unauthenticated" } });
    expect(world.sent).toEqual([]);
  });

  it("passes a stream through chunk by chunk and records the usage once", async () => {
    const chunks = [
      delta("Hel"),
      delta("lo").slice(0, 10),
      delta("lo").slice(10),
      usage(1000, 10, 400),
      "data: [DONE]\n\n",
    ];
    world.answers = [() => sse(...chunks)];
    const answer = await call({ stream: true, temperature: 0.5 });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(await answer.text()).toBe(chunks.join(""));
    expect(world.sent[0]).toMatchObject({ url: "https://fake.example.com/v1/chat/completions" });
    expect(world.sent[0]?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
    expect(world.sent[0]?.body).toMatchObject({
      model: "big",
      stream_options: { include_usage: true },
      temperature: 0.5,
    });
    expect(world.recorded).toHaveLength(1);
    expect(world.recorded[0]).toMatchObject({
      runId: world.principal.runId,
      model: "fake/big",
      usage: { inputTokens: 1000, outputTokens: 10, cachedTokens: 400, costMicroUsd: 660 },
    });
  });

  it("gives tool calls and whole answers back untouched", async () => {
    const message = {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: "bash", arguments: "{}" } }],
    };
    world.answers = [
      () => json({ choices: [{ index: 0, message }], usage: { prompt_tokens: 3, completion_tokens: 2 } }),
    ];
    const tools = [{ type: "function", function: { name: "bash", parameters: { type: "object", items: true } } }];
    expect(await (await call({ tools })).json()).toMatchObject({ choices: [{ message }] });
    expect(world.sent[0]?.body).toMatchObject({ tools });
    expect(world.recorded[0]?.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
  });

  it("tries 429, 5xx and refused connections again before the first byte, and honours Retry-After", async () => {
    world.answers = [
      () => json({}, 429, { "retry-after": "2" }),
      () => json({}, 503),
      () => sse(delta("ok"), usage(1, 1)),
    ];
    expect((await call({ stream: true })).status).toBe(200);
    expect(world.slept).toEqual([2000, 800]);
    world.answers = [];
    const refused = await call({ stream: true });
    expect(refused.status).toBe(502);
    expect(await refused.json()).toMatchObject({
      error: { code: "upstream_failed", message: expect.stringContaining("cannot be reached") },
    });
    expect(world.sent).toHaveLength(6);
  });

  it("leaves a long Retry-After and other errors to the caller, with their status and without the key", async () => {
    world.answers = [() => json({ error: { message: "slow down" } }, 429, { "retry-after": "60" })];
    const limited = await call({});
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "60"]);
    world.answers = [
      () => json({ error: { message: `Incorrect API key provided: ${KEY}. Also sk-other-9999999999` } }, 401),
    ];
    const unauthorised = await call({});
    const text = await unauthorised.text();
    expect(unauthorised.status).toBe(401);
    expect(text).toContain("Incorrect API key");
    expect(text).not.toContain("sk-");
    expect(world.sent).toHaveLength(2);
    expect(world.recorded).toEqual([]);
  });

  it("puts an error event at the end of a stream that breaks, never tries it again, and counts what passed", async () => {
    world.answers = [() => sse(delta("12345678"), new Error("reset"))];
    const text = await (await call({ stream: true })).text();
    expect(text).toContain("12345678");
    expect(text).toContain('data: {"error":{"message":"The connection to Fake AI broke."');
    expect(world.sent).toHaveLength(1);
    expect(world.recorded[0]?.usage).toMatchObject({ inputTokens: Math.ceil(PROMPT.length / 4), outputTokens: 2 });
  });

  it("passes on an error event of the upstream", async () => {
    world.answers = [() => sse(delta("a"), 'data: {"error":{"message":"overloaded"}}\n\n')];
    expect(await (await call({ stream: true })).text()).toContain("overloaded");
  });

  it("gives up on a first token that does not come in time", async () => {
    world.limits = { firstTokenMs: 30 };
    const never = (init: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      });
    world.answers = [never];
    const answer = await call({ stream: true });
    expect(answer.status).toBe(504);
    expect(world.sent).toHaveLength(1);
  });

  it("records what passed when the client goes away", async () => {
    const cancelled = vi.fn();
    world.answers = [
      () => {
        const body = new ReadableStream<Uint8Array>(
          {
            pull: (controller) => controller.enqueue(new TextEncoder().encode(delta("12345678"))),
            cancel: cancelled,
          },
          { highWaterMark: 0 },
        );
        return new Response(body);
      },
    ];
    const reader = (await call({ stream: true })).body?.getReader();
    await reader?.read();
    await reader?.read();
    await reader?.cancel();
    await vi.waitFor(() => expect(world.recorded).toHaveLength(1));
    expect(world.recorded[0]?.usage.outputTokens).toBe(4);
    expect(cancelled).toHaveBeenCalled();
  });

  it("does not know another org's models, nor one that is not set up", async () => {
    world.principal = { ...world.principal, orgId: newId("org") };
    expect((await call({})).status).toBe(404);
    expect((await call({ model: "fake" })).status).toBe(404);
    expect(world.sent).toEqual([]);
  });

  it("refuses a body that is no request with the field's name", async () => {
    const answer = await call({ messages: [] });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: { message: expect.stringContaining("messages") } },
    ]);
  });

  it("writes one event per call, without key and prompt", async () => {
    const lines: string[] = [];
    const take = (line: unknown) => void lines.push(String(line));
    const spies = (["log", "error"] as const).map((name) => vi.spyOn(console, name).mockImplementation(take));
    world.answers = [() => sse(delta("x"), usage(1, 1)), () => json({ error: { message: `bad ${KEY}` } }, 400)];
    const loud = { ...testEnv, LOG_LEVEL: "info" };
    await (await call({ stream: true }, { env: loud })).text();
    await call({}, { env: loud });
    for (const spy of spies) spy.mockRestore();
    const calls = lines.map((line) => JSON.parse(line)).filter((event) => event.event === "llm.call");
    expect(calls).toMatchObject([
      { outcome: "complete", status: 200, model: "fake/big" },
      { outcome: "failed", status: 400 },
    ]);
    expect(lines.join()).not.toMatch(new RegExp(`${KEY}|${PROMPT}|3456`));
  });
});

describe("demo model", () => {
  it("streams in small pieces with usage, and answers whole", async () => {
    const messages = [{ role: "user", content: "say: hello wörld 👋" }];
    const streamed = await (await call({ model: "demo/scripted", messages, stream: true })).text();
    const events = streamed.split("\n\n").filter((event) => event.startsWith("data: {"));
    const pieces = events.map((event) => JSON.parse(event.slice(6)).choices?.[0]?.delta?.content ?? "");
    expect(pieces.join("")).toBe("hello wörld 👋\n");
    expect(Math.max(...pieces.map((piece) => [...piece].length))).toBeLessThanOrEqual(4);
    expect(streamed.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(await (await call({ model: "demo/scripted", messages })).json()).toMatchObject({
      choices: [{ message: { content: "hello wörld 👋\n" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 5, completion_tokens: 4 },
    });
    expect(world.recorded.map((one) => one.usage)).toEqual(
      Array(2).fill({ inputTokens: 5, outputTokens: 4, cachedTokens: 0, costMicroUsd: 0 }),
    );
  });

  it("fails as an answer or as an event, as the script says", async () => {
    const script = (content: string) => ({
      model: "demo/scripted",
      stream: true,
      messages: [{ role: "user", content }],
    });
    expect((await call(script("fail: tired"))).status).toBe(502);
    expect(await (await call(script("say: x\nfail: tired"))).text()).toContain('"error":{"message":"tired"');
  });

  it("lists the models of the org and itself", async () => {
    const headers = { authorization: `Bearer ${await tokenOf(world)}` };
    const list = (await (await ask("/v1/models", { headers })).json()) as { data: { id: string }[] };
    expect(list.data.map((model) => model.id)).toEqual(["fake/big", "demo/scripted"]);
  });
});
