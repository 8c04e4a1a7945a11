import { fail, ok, type Result } from "#contract/problem";
import { reachOf } from "#domain/network/reach";

export interface SafeFetchOptions {
  /** Development may use plain http and loopback or private addresses (a model server on the same machine). */
  development: boolean;
  /** Limit for the whole exchange, body included. 30 s where neither it nor a signal is given. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** The body is cut off with an error beyond this. */
  maxBytes?: number;
  /** `manual` hands a redirect on as it is. */
  redirect?: "follow" | "manual";
  fetch?: typeof fetch;
}

const MAX_REDIRECTS = 3;
const TIMEOUT_MS = 30_000;

/**
 * Whether an address people gave may be called. Outside development: https to public names and addresses only. Addresses
 * of cloud metadata are refused everywhere. A name is judged by what it says: on Cloudflare the platform itself has no
 * route to private networks, so a name that resolves there reaches nothing.
 */
export function guardUrl(address: string, development: boolean): Result<URL> {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) return fail("invalid", "The address must be an http or https URL.");
  if (url.username || url.password) return fail("invalid", "The address must not hold a user name or password.");
  if (url.protocol === "http:" && !development) return fail("invalid", "The address must use https.");
  const reach = reachOf(url.hostname);
  if (reach === "metadata") return fail("invalid", "That address is reserved for the machine's own network.");
  if (reach === "private" && !development) return fail("invalid", "Addresses in private networks cannot be called.");
  return ok(url);
}

/**
 * `fetch` to an address people gave. The guard holds after every redirect; only GET and HEAD follow them, and credentials
 * do not travel to another origin. `invalid` where the guard refuses, `upstream_failed` where nothing answers in time.
 */
export async function safeFetch(
  address: string,
  init: RequestInit,
  options: SafeFetchOptions,
): Promise<Result<Response>> {
  const headers = new Headers(init.headers);
  const hopInit: RequestInit = { ...init, headers, signal: signalOf(options) ?? null, redirect: "manual" };
  let target = guardUrl(address, options.development);
  for (let hop = 0; target.ok; hop++) {
    const response = await fetchOnce(target.value, hopInit, options);
    if (!response.ok) return response;
    const location = redirectOf(response.value, options);
    if (location === null) return ok(limitBody(response.value, options.maxBytes));
    await response.value.body?.cancel();
    if (!/^(GET|HEAD)$/i.test(init.method ?? "GET") || hop >= MAX_REDIRECTS)
      return fail("upstream_failed", "The address answers with a redirect. Give the final address.");
    target = guardUrl(nextAddress(target.value, location, headers), options.development);
  }
  return target;
}

function redirectOf(response: Response, { redirect }: SafeFetchOptions): string | null {
  if (redirect === "manual") return null;
  return response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
}

/** All that another origin is told; anything else may be a credential. */
const HARMLESS = ["accept", "accept-encoding", "accept-language", "user-agent"];

function nextAddress(from: URL, location: string, headers: Headers): string {
  const next = URL.parse(location, from.href);
  const others = next?.origin === from.origin ? [] : [...headers.keys()].filter((name) => !HARMLESS.includes(name));
  for (const name of others) headers.delete(name);
  return next?.href ?? "";
}

function signalOf(options: SafeFetchOptions): AbortSignal | undefined {
  const timeoutMs = options.timeoutMs ?? (options.signal ? undefined : TIMEOUT_MS);
  const limits = [options.signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)];
  const signals = limits.filter((signal) => signal !== undefined);
  return signals.length > 1 ? AbortSignal.any(signals) : signals[0];
}

async function fetchOnce(url: URL, init: RequestInit, options: SafeFetchOptions): Promise<Result<Response>> {
  try {
    return ok(await (options.fetch ?? fetch)(url.href, init));
  } catch (error) {
    if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError"))
      return fail("upstream_failed", `${url.host} did not answer in time.`);
    return fail("upstream_failed", `${url.host} cannot be reached: it refuses connections or does not exist.`);
  }
}

function limitBody(response: Response, maxBytes: number | undefined): Response {
  if (maxBytes === undefined || !response.body) return response;
  let seen = 0;
  const limited = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength;
        if (seen > maxBytes) controller.error(new Error(`the body is larger than ${maxBytes} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(limited, response);
}
