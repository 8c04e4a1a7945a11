import * as oauth from "oauth4webapi";
import { ok, type Result } from "#contract/problem";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { guardUrl, type SafeFetchOptions, safeFetch } from "#platform/safe-fetch";
import { refuse } from "./refusals.ts";

export interface OidcDeps {
  env: Env;
  /** Milliseconds since the epoch. */
  now: number;
  fetch?: SafeFetchOptions["fetch"];
  /** A host that is this same Worker, whose name the machine need not know: it is asked directly. */
  own?: { origin: string; serve(request: Request): Promise<Response> };
}

/** What a provider says of itself, with the endpoints that a sign-in needs. */
export type ProviderMetadata = oauth.AuthorizationServer &
  Required<Pick<oauth.AuthorizationServer, "authorization_endpoint" | "token_endpoint" | "jwks_uri">>;

const FRESH_MS = 10 * 60_000;
const MAX_ISSUERS = 100;
const FETCH_MS = 10_000;
const MAX_BYTES = 256 * 1024;
const cache = new Map<string, { metadata: ProviderMetadata; fetchedAt: number }>();

/** No answer came: told apart from an answer that is wrong. */
export class Unreachable extends Error {}

/** Asks an address that a provider or an administrator gave, through the guard. Throws `Unreachable` where nothing may or does answer. */
export async function guardedFetch(deps: OidcDeps, url: string, init: RequestInit = {}): Promise<Response> {
  const development = configOf(deps.env).environment === "development";
  const limits = { development, timeoutMs: FETCH_MS, maxBytes: MAX_BYTES };
  const answer = await safeFetch(url, init, { ...limits, fetch: fetcherOf(deps, url) });
  if (!answer.ok) throw new Unreachable(answer.problem.detail);
  return answer.value;
}

function fetcherOf({ own, fetch }: OidcDeps, url: string): SafeFetchOptions["fetch"] {
  if (!own || URL.parse(url)?.origin !== own.origin) return fetch;
  return (address, init) => own.serve(new Request(address, init));
}

/** Options for the library's requests: the guard in the place of `fetch`, which decides about http too. */
export function requestOptions(deps: OidcDeps) {
  return {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (url: string, init: { method: string; headers: Record<string, string>; body?: unknown }) =>
      guardedFetch(deps, url, {
        method: init.method,
        headers: init.headers,
        ...(init.body instanceof URLSearchParams ? { body: init.body } : {}),
      }),
  };
}

/** A provider's metadata by discovery (OpenID Connect Discovery 1.0 §4), kept for ten minutes. */
export async function discover(issuer: string, deps: OidcDeps): Promise<Result<ProviderMetadata>> {
  const known = cache.get(issuer);
  if (known && deps.now - known.fetchedAt < FRESH_MS) return ok(known.metadata);
  try {
    const url = new URL(issuer);
    const response = await oauth.discoveryRequest(url, requestOptions(deps));
    if (response.status >= 500) return refuse("unreachable");
    const metadata = await oauth.processDiscoveryResponse(url, response);
    if (!isWhole(metadata, deps)) return refuse("discovery");
    const oldest = cache.size >= MAX_ISSUERS ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    cache.set(issuer, { metadata, fetchedAt: deps.now });
    return ok(metadata);
  } catch (error) {
    return refuse(error instanceof Unreachable ? "unreachable" : "discovery");
  }
}

function isWhole(metadata: oauth.AuthorizationServer, deps: OidcDeps): metadata is ProviderMetadata {
  const development = configOf(deps.env).environment === "development";
  const needed = [metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri];
  return needed.every((address) => typeof address === "string" && guardUrl(address, development).ok);
}
