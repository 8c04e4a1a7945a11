import { DEMO_MODEL } from "#contract/provider";
import type { Usage } from "#contract/usage";
import type { Env } from "#platform/env";
import { logEvent } from "#platform/log";
import { newId } from "#platform/new-id";
import type { RunPrincipal } from "#platform/principal";
import { settleBudget } from "./budget.ts";
import type { GatewayDeps } from "./deps.ts";
import type { ProviderModel } from "./upstream.ts";
import { priced, type TokenCounts } from "./usage.ts";

const RECORD_ATTEMPTS = 3;
const RECORD_WAIT_MS = 3_000;

/** One call through the gateway: its id, its limits, and what is written down at its end. */
export interface GatewayCall {
  id: string;
  env: Env;
  deps: GatewayDeps;
  principal: RunPrincipal;
  model: string;
  stream: boolean;
  startedAt: number;
  attempts: number;
  /** Money is held back for this call (budget.ts). */
  leased: boolean;
  /** Aborts at the total time limit, and when the first token or the client is missing. */
  abort: AbortController;
  /** Aborts when the client has gone (compatibility flag `enable_request_signal`). */
  client: AbortSignal;
  /** Settles when the call is written down; the gateway lives until then, also where its client has gone. */
  closed: Promise<void>;
  settle(): void;
}

export function openCall(
  env: Env,
  deps: GatewayDeps,
  request: Pick<GatewayCall, "principal" | "model" | "stream" | "client">,
): GatewayCall {
  const abort = new AbortController();
  const { promise: closed, resolve: settle } = Promise.withResolvers<void>();
  return {
    id: newId("request"),
    env,
    deps,
    ...request,
    startedAt: Date.now(),
    attempts: 0,
    leased: false,
    abort,
    closed,
    settle,
  };
}

export interface CallEnd {
  outcome: "complete" | "broken" | "client_gone" | "failed";
  tokens: TokenCounts | null;
  price?: ProviderModel["price"];
  /** True where the provider gave no figures and the count is ours (usage.ts). */
  estimated?: boolean;
  status?: number;
  code?: string;
}

/** Records the usage of a call in its conversation, once by the call's id, and writes the call's one log event. */
export function closeCall(call: GatewayCall, end: CallEnd): Promise<void> {
  return writeDown(call, end).finally(call.settle);
}

async function writeDown(call: GatewayCall, end: CallEnd): Promise<void> {
  const usage = end.tokens && usageOf(call, end.tokens, end.price ?? null);
  const [recorded] = await Promise.all([
    usage === null ? null : record(call, usage),
    call.leased ? settleBudget(call, usage?.costMicroUsd ?? 0) : null,
  ]);
  logEvent(call.env, "llm.call", {
    callId: call.id,
    orgId: call.principal.orgId,
    conversationId: call.principal.conversationId,
    runId: call.principal.runId,
    model: call.model,
    demo: call.model === DEMO_MODEL,
    stream: call.stream,
    attempts: call.attempts,
    ms: Date.now() - call.startedAt,
    outcome: end.outcome,
    status: end.status,
    code: end.code,
    input: usage?.inputTokens,
    output: usage?.outputTokens,
    cached: usage?.cachedTokens,
    costMicroUsd: usage?.costMicroUsd,
    estimated: end.estimated ?? false,
    recorded,
  });
}

/** Tokens and their cost. The demo model costs nothing; any other that nobody has a price for costs nobody knows what. */
function usageOf(call: GatewayCall, tokens: TokenCounts, price: ProviderModel["price"]): Usage {
  const usage = priced(tokens, price);
  const unpriced = price === null && tokens.costMicroUsd === undefined && call.model !== DEMO_MODEL;
  const unpricedTokens = unpriced ? tokens.inputTokens + tokens.outputTokens : 0;
  return unpricedTokens > 0 ? { ...usage, unpricedTokens } : usage;
}

async function record(call: GatewayCall, usage: Usage): Promise<boolean> {
  const { runId, purpose } = call.principal;
  const entry = { callId: call.id, runId, model: call.model, usage, ...(purpose ? { purpose } : {}) };
  for (let attempt = 0; attempt < RECORD_ATTEMPTS; attempt++) {
    const result = await inTime(call.deps.recordUsage(call.principal, entry));
    if (result) return result.ok;
    await call.deps.sleep(call.deps.backOffMs * 2 ** attempt);
  }
  return false;
}

/** The answer, or null where the object broke or took too long. */
async function inTime<T>(promise: Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), RECORD_WAIT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
