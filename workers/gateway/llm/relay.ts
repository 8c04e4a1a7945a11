import type { Problem } from "#contract/problem";
import { type CallEnd, closeCall, type GatewayCall } from "./call.ts";
import type { ChatRequest } from "./chat-request.ts";
import { type CallFailure, errorBody, errorResponse, failure } from "./errors.ts";
import { passThrough, StreamWatcher } from "./stream.ts";
import { type CallResult, callUpstream, type Upstream } from "./upstream.ts";
import { countPrompt, countTokens, readUsage, type TokenCounts } from "./usage.ts";

/** Carries a call to its provider and the answer back. The first token decides: before it errors are answers, after it events. */
export async function relay(call: GatewayCall, upstream: Upstream, request: ChatRequest): Promise<Response> {
  const total = setTimeout(() => call.abort.abort(new Error("total time")), call.deps.totalMs);
  const firstToken = setTimeout(() => call.abort.abort(new Error("first token")), call.deps.firstTokenMs);
  call.client.addEventListener("abort", () => call.abort.abort(new Error("client gone")));
  try {
    const answer = await callUpstream(upstream, upstreamBody(upstream, request), {
      deps: call.deps,
      signal: call.abort.signal,
      onAttempt: () => {
        call.attempts++;
      },
    });
    if (!answer.ok) return await refuse(call, call.abort.signal.aborted ? tooLate(upstream) : answer.failure, total);
    if (!call.stream) return await relayWhole(call, { upstream, request, answer, total });
    return await relayStream(call, { upstream, request, answer, total });
  } catch {
    const why = call.abort.signal.aborted ? tooLate(upstream) : broken(upstream);
    return await refuse(call, why, total);
  } finally {
    clearTimeout(firstToken);
  }
}

interface Relayed {
  upstream: Upstream;
  request: ChatRequest;
  answer: Extract<CallResult, { ok: true }>;
  total: ReturnType<typeof setTimeout>;
}

function upstreamBody(upstream: Upstream, request: ChatRequest): string {
  const streamed = request.stream ? { stream_options: { ...request.stream_options, include_usage: true } } : {};
  return JSON.stringify({ ...request, ...streamed, model: upstream.model.name });
}

async function relayWhole(call: GatewayCall, relayed: Relayed): Promise<Response> {
  const body = await relayed.answer.response.text();
  clearTimeout(relayed.total);
  const parsed = parseObject(body);
  if (!parsed) return refuse(call, failure(notOpenAi(relayed.upstream)), relayed.total);
  const tokens = readUsage(parsed.usage);
  const output = countTokens(JSON.stringify(parsed.choices ?? ""));
  await closeCall(call, endOf("complete", { ...relayed, tokens, output }));
  return Response.json({ ...parsed, model: call.model }, { headers: { "cache-control": "no-store" } });
}

async function relayStream(call: GatewayCall, relayed: Relayed): Promise<Response> {
  const { upstream, answer, total } = relayed;
  const reader = answer.response.body?.getReader();
  const first = (await reader?.read())?.value;
  if (!reader || !first) return refuse(call, broken(upstream), total);
  const watcher = new StreamWatcher();
  const body = passThrough({
    first,
    reader,
    watcher,
    client: call.client,
    encodeError: (problem) => new TextEncoder().encode(`data: ${JSON.stringify(errorBody(problem))}\n\n`),
    broken: () => (call.abort.signal.aborted ? tooLate(upstream) : broken(upstream)).problem,
    async finish(outcome) {
      clearTimeout(total);
      const output = Math.ceil(watcher.textUnits / 4);
      await closeCall(call, endOf(outcome, { ...relayed, tokens: watcher.usage, output }));
    },
  });
  return eventStream(body);
}

export function eventStream(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
}

/** Usage as the provider gave it, or our own count of what passed where it gave none. */
function endOf(
  outcome: CallEnd["outcome"],
  seen: { upstream: Upstream; request: ChatRequest; tokens: TokenCounts | null; output: number },
): CallEnd {
  const estimate = { inputTokens: countPrompt(seen.request.messages), outputTokens: seen.output, cachedTokens: 0 };
  return {
    outcome,
    tokens: seen.tokens ?? estimate,
    estimated: seen.tokens === null,
    price: seen.upstream.model.price,
    status: 200,
  };
}

async function refuse(call: GatewayCall, why: CallFailure, timer: ReturnType<typeof setTimeout>): Promise<Response> {
  clearTimeout(timer);
  await closeCall(call, { outcome: "failed", tokens: null, status: why.status, code: why.problem.code });
  return errorResponse(why);
}

const tooLate = (upstream: Upstream): CallFailure =>
  failure({ code: "upstream_failed", detail: `${upstream.provider} did not answer in time.` }, 504);

const broken = (upstream: Upstream): CallFailure =>
  failure({ code: "upstream_failed", detail: `The connection to ${upstream.provider} broke.` });

const notOpenAi = (upstream: Upstream): Problem => ({
  code: "upstream_failed",
  detail: `${upstream.provider} did not answer in the OpenAI format. Check its base URL.`,
});

function parseObject(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
