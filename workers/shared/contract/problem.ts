import { z } from "zod";

export const PROBLEM_CODES = [
  "invalid",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "rev_mismatch",
  "too_large",
  "unsupported",
  "rate_limited",
  "limit_exceeded",
  "upstream_failed",
  "unavailable",
  "internal",
] as const;

export const problemCode = z.enum(PROBLEM_CODES);
export type ProblemCode = z.infer<typeof problemCode>;

/** One field that was refused: a JSON path such as `content` or `files.0.path`, and why. */
export const fieldError = z.object({ field: z.string(), message: z.string() });

/** What went wrong, in public words. The cause never travels with it. */
export const problem = z.object({
  code: problemCode,
  detail: z.string(),
  /** A stable name of what exactly was refused, such as `oidc_nonce`, where a program or a page tells such cases apart. */
  reason: z.string().optional(),
  fields: z.array(fieldError).optional(),
  /** Seconds to wait before trying again. */
  retryAfterS: z.number().int().positive().optional(),
  /** The limit that was met, by its name in spec §10. */
  limit: z.string().optional(),
});
export type Problem = z.infer<typeof problem>;

/** RFC 9457 body of an HTTP error. */
export const problemDocument = problem.extend({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  requestId: z.string().optional(),
});
export type ProblemDocument = z.infer<typeof problemDocument>;

/** Success or a problem; domain code returns it, edges throw. */
export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T = never>(code: ProblemCode, detail: string, extra: Partial<Problem> = {}): Result<T> {
  return { ok: false, problem: { code, detail, ...extra } };
}
