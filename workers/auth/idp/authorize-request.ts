import { fail, ok, type Result } from "#contract/problem";
import type { Config } from "#platform/config";
import { parametersOf } from "../oauth.ts";

/** What a client asks of the authorization endpoint. */
export interface AuthorizeRequest {
  clientId: string;
  redirectUri: string;
  state: string | null;
  nonce: string | null;
  scope: string;
  /** S256 of the client's verifier. */
  challenge: string;
  /** The address that the client knows already. */
  loginHint: string;
}

/** Asked for wrongly, but by a client to whom the answer may be sent. */
export interface Refusal {
  redirectUri: string;
  state: string | null;
  error: string;
  description: string;
}

export type Asked = { ok: true; request: AuthorizeRequest } | { ok: false; refusal: Refusal };

/**
 * Reads an authorization request (OpenID Connect Core §3.1.2.1, RFC 7636). A failure means that nobody may be sent anywhere: the
 * client or its address is not one to trust.
 */
export function readAuthorizeRequest(search: URLSearchParams, config: Config): Result<Asked> {
  const parameters = parametersOf(search);
  if (!parameters.ok) return parameters;
  const get = (name: string) => parameters.value.get(name) ?? null;
  const [clientId, redirectUri, state] = [get("client_id"), get("redirect_uri"), get("state")];
  if (clientId === null) return fail("invalid", "client_id is missing.");
  if (redirectUri === null) return fail("invalid", "redirect_uri is missing.");
  if (!isOwnMachine(redirectUri, config))
    return fail("invalid", "redirect_uri must be on this machine: localhost, a name below it, or a loopback address.");
  const wrong = firstFault(get);
  if (wrong) return ok({ ok: false, refusal: { redirectUri, state, ...wrong } });
  const request = {
    clientId,
    redirectUri,
    state,
    nonce: get("nonce"),
    scope: get("scope") ?? "",
    challenge: get("code_challenge") ?? "",
    loginHint: get("login_hint") ?? "",
  };
  return ok({ ok: true, request });
}

/** Whether an address is on this machine, so that nothing of the development provider can be carried elsewhere. */
export function isOwnMachine(address: string, config: Pick<Config, "base">): boolean {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || url.hash !== "" || url.username !== "" || url.password !== "")
    return false;
  const { hostname } = url;
  if (["localhost", "127.0.0.1", "[::1]"].includes(hostname)) return true;
  return hostname.endsWith(".localhost") || `.${url.host}`.endsWith(`.${config.base}`);
}

type Get = (name: string) => string | null;

/** Each row: whether it holds, the error of RFC 6749 §4.1.2.1 or OpenID Connect Core §3.1.2.6, and words for it. */
const FAULTS: readonly [(get: Get) => boolean, string, string][] = [
  [(get) => get("request") !== null, "request_not_supported", "Request objects are not supported."],
  [(get) => get("request_uri") !== null, "request_uri_not_supported", "Request objects are not supported."],
  [(get) => get("response_type") !== "code", "unsupported_response_type", "response_type must be code."],
  [(get) => !["query", null].includes(get("response_mode")), "invalid_request", "response_mode must be query."],
  [(get) => !(get("scope") ?? "").split(" ").includes("openid"), "invalid_scope", "scope must hold openid."],
  [(get) => get("code_challenge_method") !== "S256", "invalid_request", "code_challenge_method must be S256."],
  [(get) => !/^[\w-]{43}$/.test(get("code_challenge") ?? ""), "invalid_request", "code_challenge is missing or wrong."],
  [(get) => get("prompt") === "none", "login_required", "Nobody is ever signed in here."],
];

function firstFault(get: Get): { error: string; description: string } | null {
  const fault = FAULTS.find(([holds]) => holds(get));
  return fault ? { error: fault[1], description: fault[2] } : null;
}
