import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { insertProvider } from "#data/providers";
import { forTenant } from "#data/tenant-db";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { newId } from "#platform/new-id";
import type { RunPrincipal } from "#platform/principal";
import type { UsageCall } from "#platform/rpc";
import { providerKeyPlace, seal } from "#platform/secrets";
import { signRunToken } from "#platform/tokens";
import { llmApp } from "./app.ts";
import { type GatewayDeps, gatewayWorld } from "./deps.ts";

const bindings = env as unknown as Env;
const KEY = "sk-test-very-secret-key-123456";
const PROMPT = "the-secret-prompt";
const realOf = gatewayWorld.of;

let principal: RunPrincipal;
let recorded: UsageCall[];
let sent: { url: string; headers: Headers; body: Record<string, unknown> }[];
let slept: number[];
let answers: ((init: RequestInit) => Response | Promise<Response>)[];
let limits: Partial<GatewayDeps>;

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });

/** A stream of the given chunks, each sent as it is; a function among them ends it with its error. */
function sse(...chunks: (string | Error)[]): Response {
  const queue = [...chunks];
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = queue.shift();
        if (next === undefined) controller.close();
        else if (next instanceof Error) controller.error(next);
        else controller.enqueue(new TextEncoder().encode(next));
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
const delta = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const usage = (input: number, output: number, cached = 0) =>
  `data: ${JSON.stringify({
    choices: [],
    usage: { prompt_tokens: input, completion_tokens: output, prompt_tokens_details: { cached_tokens: cached } },
  })}\n\n`;

beforeEach(async () => {
  principal = { kind: "run", orgId: newId("org"), conversationId: newId("conversation"), runId: newId("run") };
  [recorded, sent, slept, answers, limits] = [[], [], [], [], {}];
  vi.spyOn(gatewayWorld, "of").mockImplementation((one) => ({
    ...realOf(one),
    async fetch(input, init) {
      sent.push({ url: String(input), headers: new Headers(init?.headers), body: JSON.parse(String(init?.body)) });
      const next = answers.shift();
      if (!next) throw new TypeError("connection refused");
      return next(init ?? {});
    },
    sleep: async (ms) => void slept.push(ms),
    recordUsage: async (_principal, call) => {
      recorded.push(call);
      return { ok: true, value: null };
    },
    demoPaceMs: 0,
    ...limits,
  }));
  await bindings.DB.prepare("INSERT INTO orgs (id, slug, name, created_at) VALUES (?1, ?2, 'Org', 0)")
    .bind(principal.orgId, principal.orgId.slice(-12))
    .run();
  const id = newId("provider");
  await insertProvider(forTenant(bindings, principal), {
    id,
    kind: "openai",
    name: "Fake AI",
    slug: "fake",
    baseUrl: "https://fake.example.com/v1/",
    models: JSON.stringify([
      {
        name: "big",
        contextTokens: null,
        price: { inputMicroUsd: 1_000_000, outputMicroUsd: 2_000_000, cachedMicroUsd: 100_000 },
      },
    ]),
    enabled: true,
    keySealed: await seal(configOf(bindings).secretsKey, providerKeyPlace(principal.orgId, id), KEY),
    keyLastFour: "3456",
    keyUpdatedAt: 0,
    rev: 1,
    createdAt: 0,
  });
});

async function call(body: object, options: { token?: string; env?: Env } = {}): Promise<Response> {
  const token = options.token ?? (await signRunToken(bindings, principal));
  const request = new Request("http://llm.localhost:8787/v1/chat/completions", {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "fake/big", messages: [{ role: "user", content: PROMPT }], ...body }),
  });
  return llmApp.fetch(request, options.env ?? bindings, createExecutionContext());
}

describe("LLM gateway", () => {
  it("takes a run token and nothing else", async () => {
    const answer = await call({}, { token: "forged" });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: "unauthenticated" } });
    expect(sent).toEqual([]);
  });

  it("passes a stream through chunk by chunk and records the usage once", async () => {
    const chunks = [
      delta("Hel"),
      delta("lo").slice(0, 10),
      delta("lo").slice(10),
      usage(1000, 10, 400),
      "data: [DONE]\n\n",
    ];
    answers = [() => sse(...chunks)];
    const answer = await call({ stream: true, temperature: 0.5 });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(await answer.text()).toBe(chunks.join(""));
    expect(sent[0]).toMatchObject({ url: "https://fake.example.com/v1/chat/completions" });
    expect(sent[0]?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
    expect(sent[0]?.body).toMatchObject({ model: "big", stream_options: { include_usage: true }, temperature: 0.5 });
    expect(recorded).toHaveLength(1);
    expect(recorded[0]).toMatchObject({
      runId: principal.runId,
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
    answers = [() => json({ choices: [{ index: 0, message }], usage: { prompt_tokens: 3, completion_tokens: 2 } })];
    const tools = [{ type: "function", function: { name: "bash", parameters: { type: "object", items: true } } }];
    expect(await (await call({ tools })).json()).toMatchObject({ choices: [{ message }] });
    expect(sent[0]?.body).toMatchObject({ tools });
    expect(recorded[0]?.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
  });

  it("tries 429, 5xx and refused connections again before the first byte, and honours Retry-After", async () => {
    answers = [() => json({}, 429, { "retry-after": "2" }), () => json({}, 503), () => sse(delta("ok"), usage(1, 1))];
    expect((await call({ stream: true })).status).toBe(200);
    expect(slept).toEqual([2000, 800]);
    answers = [];
    const refused = await call({ stream: true });
    expect(refused.status).toBe(502);
    expect(await refused.json()).toMatchObject({
      error: { code: "upstream_failed", message: expect.stringContaining("Fake AI: No connection") },
    });
    expect(sent).toHaveLength(6);
  });

  it("leaves a long Retry-After and other errors to the caller, with their status and without the key", async () => {
    answers = [() => json({ error: { message: "slow down" } }, 429, { "retry-after": "60" })];
    const limited = await call({});
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "60"]);
    answers = [() => json({ error: { message: `Incorrect API key provided: ${KEY}. Also sk-other-9999999999` } }, 401)];
    const unauthorised = await call({});
    const text = await unauthorised.text();
    expect(unauthorised.status).toBe(401);
    expect(text).toContain("Incorrect API key");
    expect(text).not.toContain("sk-");
    expect(sent).toHaveLength(2);
    expect(recorded).toEqual([]);
  });

  it("puts an error event at the end of a stream that breaks, never tries it again, and counts what passed", async () => {
    answers = [() => sse(delta("12345678"), new Error("reset"))];
    const text = await (await call({ stream: true })).text();
    expect(text).toContain("12345678");
    expect(text).toContain('data: {"error":{"message":"The connection to Fake AI broke."');
    expect(sent).toHaveLength(1);
    expect(recorded[0]?.usage).toMatchObject({ inputTokens: Math.ceil(PROMPT.length / 4), outputTokens: 2 });
  });

  it("passes on an error event of the upstream", async () => {
    answers = [() => sse(delta("a"), 'data: {"error":{"message":"overloaded"}}\n\n')];
    expect(await (await call({ stream: true })).text()).toContain("overloaded");
  });

  it("gives up on a first token that does not come in time", async () => {
    limits = { firstTokenMs: 30 };
    const never = (init: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      });
    answers = [never];
    const answer = await call({ stream: true });
    expect(answer.status).toBe(504);
    expect(sent).toHaveLength(1);
  });

  it("records what passed when the client goes away", async () => {
    const cancelled = vi.fn();
    answers = [
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
    await vi.waitFor(() => expect(recorded).toHaveLength(1));
    expect(recorded[0]?.usage.outputTokens).toBe(4);
    expect(cancelled).toHaveBeenCalled();
  });

  it("does not know another org's models, nor one that is not set up", async () => {
    principal = { ...principal, orgId: newId("org") };
    expect((await call({})).status).toBe(404);
    expect((await call({ model: "fake" })).status).toBe(404);
    expect(sent).toEqual([]);
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
    answers = [() => sse(delta("x"), usage(1, 1)), () => json({ error: { message: `bad ${KEY}` } }, 400)];
    const loud = { ...bindings, LOG_LEVEL: "info" };
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
    expect(recorded.map((one) => one.usage)).toEqual(
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
    const token = await signRunToken(bindings, principal);
    const request = new Request("http://llm.localhost:8787/v1/models", {
      headers: { authorization: `Bearer ${token}` },
    });
    const list = (await (await llmApp.fetch(request, bindings, createExecutionContext())).json()) as {
      data: { id: string }[];
    };
    expect(list.data.map((model) => model.id)).toEqual(["fake/big", "demo/scripted"]);
  });
});
