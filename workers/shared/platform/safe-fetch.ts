import { fail, ok, type Result } from "#contract/problem";

export interface SafeFetchOptions {
  /** Development may use plain http and loopback or private addresses (a model server on the same machine). */
  development: boolean;
  /** Limit for the whole exchange, body included. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** The body is cut off with an error beyond this. */
  maxBytes?: number;
  fetch?: typeof fetch;
}

const MAX_REDIRECTS = 3;
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa)$/;

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
  const host = url.hostname.toLowerCase().replace(/\.$/, "");
  const range = rangeOf(host);
  if (range === "metadata") return fail("invalid", "That address is reserved for the machine's own network.");
  if (range === "private" && !development) return fail("invalid", "Addresses in private networks cannot be called.");
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
    const location = redirectOf(response.value);
    if (location === null) return ok(limitBody(response.value, options.maxBytes));
    await response.value.body?.cancel();
    if (!/^(GET|HEAD)$/i.test(init.method ?? "GET") || hop >= MAX_REDIRECTS)
      return fail("upstream_failed", "The address answers with a redirect. Give the final address.");
    target = guardUrl(nextAddress(target.value, location, headers), options.development);
  }
  return target;
}

function redirectOf(response: Response): string | null {
  return response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
}

const CREDENTIALS = ["authorization", "x-api-key", "x-goog-api-key"];

function nextAddress(from: URL, location: string, headers: Headers): string {
  const next = URL.parse(location, from.href);
  if (next?.origin !== from.origin) for (const name of CREDENTIALS) headers.delete(name);
  return next?.href ?? "";
}

function signalOf(options: SafeFetchOptions): AbortSignal | undefined {
  const limits = [options.signal, options.timeoutMs === undefined ? undefined : AbortSignal.timeout(options.timeoutMs)];
  const signals = limits.filter((signal) => signal !== undefined);
  return signals.length > 1 ? AbortSignal.any(signals) : signals[0];
}

async function fetchOnce(url: URL, init: RequestInit, options: SafeFetchOptions): Promise<Result<Response>> {
  try {
    return ok(await (options.fetch ?? fetch)(url.href, init));
  } catch (error) {
    if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError"))
      return fail("upstream_failed", `${url.host} did not answer in time.`);
    return fail("upstream_failed", `No connection to ${url.host}: it refuses connections or does not exist.`);
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

type Range = "public" | "private" | "metadata";

function rangeOf(host: string): Range {
  if (host.startsWith("[")) return rangeOfIpv6(host.slice(1, -1));
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
  if (parts) return rangeOfIpv4(parts.slice(1).map(Number));
  if (host === "metadata.google.internal") return "metadata";
  return !host.includes(".") || PRIVATE_NAME.test(host) ? "private" : "public";
}

/** Each row: prefix as one number, its length in bits. The URL parser has turned every spelling into four decimals. */
const PRIVATE_IPV4: readonly (readonly [number, number])[] = [
  [0x00000000, 8],
  [0x0a000000, 8],
  [0x64400000, 10],
  [0x7f000000, 8],
  [0xac100000, 12],
  [0xc0000000, 24],
  [0xc0a80000, 16],
  [0xc6120000, 15],
  [0xe0000000, 3],
];

function rangeOfIpv4(parts: number[]): Range {
  const value = parts.reduce((sum, part) => sum * 256 + part, 0);
  if (parts[0] === 169 && parts[1] === 254) return "metadata";
  const inside = PRIVATE_IPV4.some(([prefix, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(value / size) === Math.floor(prefix / size);
  });
  return inside ? "private" : "public";
}

function rangeOfIpv6(host: string): Range {
  const mapped = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (mapped) {
    const [high = 0, low = 0] = mapped.slice(1).map((part) => Number.parseInt(part, 16));
    return rangeOfIpv4([high >> 8, high & 255, low >> 8, low & 255]);
  }
  if (/^fe[89ab]/.test(host) || host === "fd00:ec2::254") return "metadata";
  return host === "::" || host.startsWith("::") || /^f[cd]/.test(host) || host.startsWith("ff") ? "private" : "public";
}
