import { fail, ok, type Result } from "#contract/problem";
import { readBytes } from "#platform/body";
import { problemOf } from "#platform/problem-response";

/** Errors of a token endpoint (RFC 6749 §5.2). */
export type OAuthErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "temporarily_unavailable";

export interface OAuthError {
  error: OAuthErrorCode;
  description: string;
}

const MAX_FORM_BYTES = 32 * 1024;

/** An answer of a token endpoint; nothing of it may be kept in a cache (RFC 6749 §5.1). */
export function oauthAnswer(body: object, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", pragma: "no-cache", ...headers } });
}

/** The JSON error of a token endpoint. A client that used `Authorization` is told the scheme that it should (§5.2). */
export function oauthError({ error, description }: OAuthError): Response {
  const body = { error, error_description: description };
  if (error === "invalid_client") return oauthAnswer(body, 401, { "www-authenticate": 'Basic realm="quayside"' });
  return oauthAnswer(body, error === "temporarily_unavailable" ? 503 : 400);
}

/** The parameters of a form that was sent to an OAuth endpoint; one that stands there twice is refused (RFC 6749 §3.2). */
export async function readForm(request: Request): Promise<Result<Map<string, string>>> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded\b/i.test(type))
    return fail("invalid", "Send the body as application/x-www-form-urlencoded.");
  try {
    const text = new TextDecoder().decode(await readBytes(request, MAX_FORM_BYTES));
    return parametersOf(new URLSearchParams(text));
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

/** Parameters by name. Empty ones count as left out (RFC 6749 §3.1). */
export function parametersOf(search: URLSearchParams): Result<Map<string, string>> {
  const parameters = new Map<string, string>();
  for (const [name, value] of search) {
    if (parameters.has(name)) return fail("invalid", `${name} stands in the request twice.`);
    if (value !== "") parameters.set(name, value);
  }
  return ok(parameters);
}
