import { fail, ok, type Result } from "#contract/problem";
import { reachOf } from "#domain/network/reach";
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
  if (reachOf(url.hostname) === "metadata") return "is reserved for the machine's own network";
  if (!development && reachOf(url.hostname) !== "public") return "names a private address";
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

function refuse(message: string): Result<never> {
  return fail("invalid", `The repository's address ${message}.`, { fields: [{ field: "cloneUrl", message }] });
}
