import { fail, ok, type Result } from "#contract/problem";
import type { Config } from "./config.ts";

/** Where a repository is fetched from, and the headers that let the gateway in. */
export interface GitUpstream {
  /** URL of the repository without a slash at its end. */
  url: string;
  headers: Record<string, string>;
}

type GatewayConfig = Pick<Config, "environment" | "base" | "sandbox">;

/**
 * The upstream of a clone URL. `https` everywhere; `http`, `file` and `quayside-demo:{name}` only in development, the last
 * two through the sandbox host. Anything else is `invalid`, as are addresses with a credential and, outside of
 * development, names and addresses of private networks.
 */
export function upstreamOf(cloneUrl: string, config: GatewayConfig): Result<GitUpstream> {
  const url = URL.canParse(cloneUrl) ? new URL(cloneUrl) : null;
  if (url === null) return refuse("is not a URL");
  if (url.protocol === "quayside-demo:" || url.protocol === "file:") return throughHost(url, config);
  const problem = remoteProblem(url, config);
  return problem ? refuse(problem) : ok({ url: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, headers: {} });
}

function remoteProblem(url: URL, config: GatewayConfig): string | null {
  const development = config.environment === "development";
  const schemes = development ? ["https:", "http:"] : ["https:"];
  if (!schemes.includes(url.protocol)) return "must be an https URL";
  if (url.username !== "" || url.password !== "") return "may not hold a credential";
  if (!development && !isPublic(url.hostname)) return "names a private address";
  return isOurs(url.host, config.base) ? "names this service itself" : null;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/;

function throughHost(url: URL, config: GatewayConfig): Result<GitUpstream> {
  const { sandbox } = config;
  if (config.environment !== "development" || sandbox.driver !== "local") return refuse("must be an https URL");
  const headers = { "x-quayside-host-secret": sandbox.secret };
  if (url.protocol === "file:") {
    const path = base64Url(decodeURIComponent(url.pathname));
    return url.host === "" ? ok({ url: `${sandbox.url}/git-path/${path}`, headers }) : refuse("names another machine");
  }
  if (!NAME.test(url.pathname)) return refuse("does not name a demo repository");
  return ok({ url: `${sandbox.url}/git/${url.pathname}.git`, headers });
}

function base64Url(text: string): string {
  const binary = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function isOurs(host: string, base: string): boolean {
  return host === base || host.endsWith(`.${base}`);
}

const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa)\.?$/;

/** IPv4 blocks of RFC 6890 that are no public hosts, as first octets. */
const PRIVATE_IPV4 =
  /^(?:0|10|127|22[4-9]|2[34]\d|25[0-5])\.|^169\.254\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^192\.0\.[02]\.|^198\.(?:1[89]|51)\.|^203\.0\.113\./;

/** Whether a host name of a parsed URL may be a public one. IPv6 literals must be global unicast that holds no IPv4 address. */
export function isPublic(hostname: string): boolean {
  if (hostname.startsWith("[")) return /^\[[23]/.test(hostname) && !/^\[(?:2002|2001:0?:|2001:db8):?/.test(hostname);
  if (/^[\d.]+$/.test(hostname)) return !PRIVATE_IPV4.test(hostname);
  return hostname.includes(".") && !PRIVATE_NAME.test(hostname);
}

function refuse(message: string): Result<never> {
  return fail("invalid", `The repository's address ${message}.`, { fields: [{ field: "cloneUrl", message }] });
}
