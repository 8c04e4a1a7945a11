import type { Problem } from "#contract/problem";
import { redact } from "#platform/log";
import { PROBLEM_FACES } from "#platform/problem-response";

const MAX_MESSAGE = 500;

/** A problem and the HTTP status it is answered with: an upstream's own where it gave one. */
export interface CallFailure {
  problem: Problem;
  status: number;
}

export function failure(problem: Problem, status?: number): CallFailure {
  return { problem, status: status ?? PROBLEM_FACES[problem.code].status };
}

/** The error in OpenAI's form: an answer's body, or an event inside a stream. */
export function errorBody(problem: Problem): { error: { message: string; type: string; code: string; param: null } } {
  return { error: { message: problem.detail, type: problem.code, code: problem.code, param: null } };
}

/** The answer for a call that failed before its first byte. */
export function errorResponse({ problem, status }: CallFailure): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  if (problem.retryAfterS) headers.set("retry-after", String(problem.retryAfterS));
  return Response.json(errorBody(problem), { status, headers });
}

/** What an upstream said, without the key and anything that looks like a credential, 500 characters at most. */
export function upstreamMessage(body: string, key: string | null): string {
  const message = messageIn(body) ?? body.trim();
  const withoutKey = key ? message.replaceAll(key, "[redacted]") : message;
  const clean = String(redact({ message: withoutKey.replace(/\bsk-[\w*.-]+/g, "[redacted]") }).message);
  return clean.length > MAX_MESSAGE ? `${clean.slice(0, MAX_MESSAGE)}…` : clean;
}

function messageIn(body: string): string | null {
  try {
    const parsed: unknown = JSON.parse(body);
    const value = (Array.isArray(parsed) ? parsed[0] : parsed) as { error?: unknown; message?: unknown } | null;
    const error = value?.error as { message?: unknown } | string | undefined;
    const message = typeof error === "string" ? error : (error?.message ?? value?.message);
    return typeof message === "string" ? message : null;
  } catch {
    return null;
  }
}
