import { fail, ok, type Problem, type Result } from "#contract/problem";
import type { Provider } from "#contract/provider";
import { findSealedProvider, type SealedProvider } from "#data/providers";
import { forTenant } from "#data/tenant-db";
import { endpointOf, keyHeaders, type Wire, wireOf } from "#domain/provider/endpoint";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import type { RunPrincipal } from "#platform/principal";
import { safeFetch } from "#platform/safe-fetch";
import { openFor, providerKeyPlace } from "#platform/secrets";
import type { GatewayCall } from "./call.ts";
import { CallError, type CallFailure, failure, upstreamMessage } from "./errors.ts";

export type ProviderModel = Provider["models"][number];

/** A provider's model, with the key in the clear: it stays inside the gateway. */
export interface Upstream {
  baseUrl: string;
  kind: Provider["kind"];
  /** What the provider itself speaks. */
  wire: Wire;
  provider: string;
  model: ProviderModel;
  key: string | null;
  /** Those that carry the key. */
  headers: Record<string, string>;
  development: boolean;
}

const MAX_RETRIES = 2;
const MAX_RETRY_AFTER_S = 10;
const MAX_ERROR_BYTES = 64 * 1024;

/** Finds the provider of a model id (`slug/name`) in the principal's org and opens its key. */
export async function findUpstream(env: Env, principal: RunPrincipal, modelId: string): Promise<Result<Upstream>> {
  const slash = modelId.indexOf("/");
  const name = modelId.slice(slash + 1);
  const found = slash > 0 ? await findSealedProvider(forTenant(env, principal), modelId.slice(0, slash)) : null;
  const model = found?.enabled ? found.models.find((one) => one.name === name) : undefined;
  if (!found || !model)
    return fail("not_found", `There is no model ${modelId}. Models are set up in Settings → Models.`);
  const base = endpointOf(found);
  if (!base.ok) return base;
  const key = await openKey(env, principal, found);
  if (!key.ok) return key;
  const development = configOf(env).environment === "development";
  return ok({
    baseUrl: base.value,
    kind: found.kind,
    wire: wireOf(found),
    provider: found.name,
    model,
    key: key.value,
    headers: keyHeaders(found, key.value),
    development,
  });
}

async function openKey(env: Env, principal: RunPrincipal, provider: SealedProvider): Promise<Result<string | null>> {
  if (provider.keySealed === null) return ok(null);
  try {
    return ok(await openFor(env, providerKeyPlace(principal.orgId, provider.id), provider.keySealed));
  } catch {
    return fail("unavailable", `The key of ${provider.name} cannot be opened. Enter it again in Settings → Models.`);
  }
}

export type CallResult = { ok: true; response: Response } | { ok: false; failure: CallFailure };

/** What is posted to a provider: by a vendor's client or, untouched, by ours. */
export interface UpstreamRequest {
  url: string;
  headers: HeadersInit;
  body: string;
}

/**
 * Posts to a provider. Connection errors, 429 and 5xx are tried again, twice at most, with back-off or the wait that
 * `Retry-After` asks for (up to 10 s; a longer one is the caller's). The answer has an ok status. Every call that leaves the
 * gateway leaves here.
 */
export async function callUpstream(
  upstream: Upstream,
  request: UpstreamRequest,
  call: Pick<GatewayCall, "deps" | "abort" | "attempts">,
): Promise<CallResult> {
  for (let attempt = 0; ; attempt++) {
    call.attempts++;
    const tried = await tryOnce(upstream, request, call);
    if (tried.ok || attempt >= MAX_RETRIES || !tried.retry || call.abort.signal.aborted) return tried;
    const waitMs = tried.failure.problem.retryAfterS
      ? tried.failure.problem.retryAfterS * 1000
      : call.deps.backOffMs * 2 ** attempt;
    if (waitMs > MAX_RETRY_AFTER_S * 1000) return tried;
    await call.deps.sleep(waitMs);
  }
}

/** `fetch` for a vendor's client; what it cannot get it throws as `CallError`. */
export function upstreamFetch(upstream: Upstream, call: GatewayCall): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    const answer = await callUpstream(upstream, { url: String(input), headers, body: String(init?.body) }, call);
    if (answer.ok) return answer.response;
    throw new CallError(answer.failure);
  };
}

type Attempt = { ok: true; response: Response } | { ok: false; failure: CallFailure; retry: boolean };

async function tryOnce(
  upstream: Upstream,
  { url, headers, body }: UpstreamRequest,
  call: Pick<GatewayCall, "deps" | "abort">,
): Promise<Attempt> {
  const answer = await safeFetch(
    url,
    { method: "POST", headers, body },
    { development: upstream.development, fetch: call.deps.fetch, signal: call.abort.signal },
  );
  if (!answer.ok) {
    const retry = answer.problem.code === "upstream_failed";
    return { ok: false, failure: failure(named(upstream, answer.problem)), retry };
  }
  if (answer.value.ok) return { ok: true, response: answer.value };
  const retry = answer.value.status === 429 || answer.value.status >= 500;
  return { ok: false, failure: await readFailure(upstream, answer.value), retry };
}

function named(upstream: Upstream, problem: Problem): Problem {
  return { ...problem, detail: `${upstream.provider}: ${problem.detail}` };
}

async function readFailure(upstream: Upstream, response: Response): Promise<CallFailure> {
  const said = upstreamMessage(await readStart(response), upstream.key);
  const retryAfterS = Math.ceil(Number(response.headers.get("retry-after")));
  const problem: Problem = {
    code: "upstream_failed",
    detail: `${upstream.provider} answered ${response.status}${said ? `: ${said}` : "."}`,
    ...(retryAfterS > 0 ? { retryAfterS } : {}),
  };
  return failure(problem, response.status);
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MAX_ERROR_BYTES) break;
    }
  } catch {}
  return text;
}
