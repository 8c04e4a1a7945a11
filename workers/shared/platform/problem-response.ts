import { ok, type Problem, type ProblemCode, type ProblemDocument, type Result } from "#contract/problem";

interface ProblemFace {
  status: number;
  title: string;
  /** WebSocket close code: 4000 + the HTTP status. */
  close: number;
}

/** How each code looks on the wire (RFC 9110 status, RFC 9457 title, RFC 6455 close code). */
export const PROBLEM_FACES = {
  invalid: { status: 400, title: "The request is not valid", close: 4400 },
  unauthenticated: { status: 401, title: "Sign in first", close: 4401 },
  forbidden: { status: 403, title: "Not allowed", close: 4403 },
  not_found: { status: 404, title: "Not found", close: 4404 },
  conflict: { status: 409, title: "In conflict with the present state", close: 4409 },
  rev_mismatch: { status: 412, title: "Changed by somebody else", close: 4412 },
  too_large: { status: 413, title: "Too large", close: 4413 },
  unsupported: { status: 415, title: "Not supported", close: 4415 },
  rate_limited: { status: 429, title: "Too many requests", close: 4429 },
  limit_exceeded: { status: 422, title: "Over a limit", close: 4422 },
  upstream_failed: { status: 502, title: "Another service failed", close: 4502 },
  unavailable: { status: 503, title: "Not available now", close: 4503 },
  internal: { status: 500, title: "Something broke on our side", close: 4500 },
} as const satisfies Record<ProblemCode, ProblemFace>;

/** A problem on its way to an edge. Only edges throw; domain code returns a `Result`. */
export class ProblemError extends Error {
  readonly problem: Problem;
  /** Fields of the answer beside the problem, such as those of a rate limit. */
  readonly headers: Headers | undefined;
  constructor(problem: Problem, options?: { cause?: unknown; headers?: Headers }) {
    super(`${problem.code}: ${problem.detail}`, options);
    this.problem = problem;
    this.headers = options?.headers;
  }
}

/** The value of a result, or its problem thrown for the edge to answer with. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new ProblemError(result.problem);
}

/** The problem of anything thrown; the cause stays behind, only `internal` comes out of an unknown error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return { code: "internal", detail: "An unexpected error. The request id in this answer finds it in the log." };
}

/** The RFC 9457 answer for a problem. */
export function problemResponse(problem: Problem, requestId?: string): Response {
  const face = PROBLEM_FACES[problem.code];
  const body: ProblemDocument = {
    type: `https://quayside.dev/problems/${problem.code}`,
    title: face.title,
    status: face.status,
    ...problem,
    ...(requestId ? { requestId } : {}),
  };
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (problem.retryAfterS) headers.set("retry-after", String(problem.retryAfterS));
  return new Response(JSON.stringify(body), { status: face.status, headers });
}

/** Runs a call to another object and turns a broken one into `unavailable` instead of an exception. */
export async function settle<T>(call: Promise<Result<T>>, what: string): Promise<Result<T>> {
  try {
    const result = await call;
    return result.ok ? ok(result.value) : result;
  } catch {
    return {
      ok: false,
      problem: { code: "unavailable", detail: `The ${what} did not answer. Try again.`, retryAfterS: 1 },
    };
  }
}
