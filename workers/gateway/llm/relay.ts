import { type CallEnd, closeCall, type GatewayCall } from "./call.ts";
import { errorResponse } from "./dialect.ts";
import { CallError, type CallFailure } from "./errors.ts";
import { broken, type Exchange, type Responder, tooLate } from "./responder.ts";
import { streamAnswer } from "./stream.ts";
import { countTexts, type TokenCounts, textOf } from "./usage.ts";

/** Carries a call to who answers it and the answer back. The first token decides: before it errors are answers, after it events. */
export async function relay(exchange: Exchange, responder: Responder): Promise<Response> {
  const { call } = exchange;
  const limits = limitsOf(call, responder);
  call.client.addEventListener("abort", () => call.abort.abort(new Error("client gone")));
  try {
    if (call.stream) return await relayStream(exchange, responder, limits.end);
    return await relayWhole(exchange, responder, limits.end);
  } catch (error) {
    limits.end();
    return await refuse(exchange, failureOf(call, responder, error));
  } finally {
    limits.begun();
  }
}

/** The answer for a call that nobody answered, once it is written down. */
export async function refuse({ call, dialect }: Exchange, why: CallFailure): Promise<Response> {
  await closeCall(call, { outcome: "failed", tokens: null, status: why.status, code: why.problem.code });
  return errorResponse(dialect, why);
}

function limitsOf(call: GatewayCall, { isRemote }: Responder): { begun(): void; end(): void } {
  if (!isRemote) return { begun() {}, end() {} };
  const total = setTimeout(() => call.abort.abort(new Error("total time")), call.deps.totalMs);
  const firstToken = setTimeout(() => call.abort.abort(new Error("first token")), call.deps.firstTokenMs);
  return { begun: () => clearTimeout(firstToken), end: () => clearTimeout(total) };
}

function failureOf(call: GatewayCall, { name }: Responder, error: unknown): CallFailure {
  if (call.abort.signal.aborted) return tooLate(name);
  return error instanceof CallError ? error.failure : broken(name);
}

async function relayWhole(exchange: Exchange, responder: Responder, end: () => void): Promise<Response> {
  const answer = await responder.whole();
  end();
  await closeCall(exchange.call, endOf(exchange, responder, { outcome: "complete", ...answer }));
  return Response.json(answer.body, { headers: { "cache-control": "no-store" } });
}

async function relayStream(exchange: Exchange, responder: Responder, end: () => void): Promise<Response> {
  const { call, dialect } = exchange;
  const source = await responder.stream();
  return streamAnswer({
    source,
    client: call.client,
    broken: (error) => new TextEncoder().encode(dialect.errorEvent(failureOf(call, responder, error))),
    async finish(outcome) {
      end();
      const { tokens, units } = source.seen();
      const seen = { outcome, tokens, outputTokens: Math.ceil(units / 4) };
      await closeCall(call, endOf(exchange, responder, seen));
    },
  });
}

/** Our own count of a prompt. */
export function estimateInput({ dialect, body }: Pick<Exchange, "dialect" | "body">): number {
  return countTexts(dialect.prompt(body).map(textOf));
}

/** Usage as the provider gave it, or our own count of what passed where it gave none. */
function endOf(
  exchange: Exchange,
  { price }: Responder,
  seen: { outcome: CallEnd["outcome"]; tokens: TokenCounts | null; outputTokens: number },
): CallEnd {
  const { outcome, tokens, outputTokens } = seen;
  const counted = tokens ?? { inputTokens: estimateInput(exchange), outputTokens, cachedTokens: 0 };
  return { outcome, tokens: counted, estimated: tokens === null, price, status: 200 };
}
