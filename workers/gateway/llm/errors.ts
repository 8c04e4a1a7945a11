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

/** Carries a failure through a vendor's client, which lets errors that are not its own pass. */
export class CallError extends Error {
  readonly failure: CallFailure;

  constructor(why: CallFailure) {
    super(why.problem.detail);
    this.failure = why;
  }
}

/** A request that says what the answering provider cannot be told, named by the request's own field. */
export function refused(field: string, why: string): CallFailure {
  return failure({ code: "invalid", detail: `${field}: ${why}`, fields: [{ field, message: why }] });
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
