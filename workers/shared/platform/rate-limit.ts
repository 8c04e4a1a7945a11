import { ok } from "#contract/problem";
import { chainTools } from "./chain-tools.ts";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { logEvent } from "./log.ts";
import { ProblemError, settle } from "./problem-response.ts";

/** How many in how long. At most 10,000, since each is a row. */
export interface RateWindow {
  max: number;
  windowS: number;
}

export interface RateState {
  allowed: boolean;
  remaining: number;
  /** Seconds until the oldest that counts has left the window: then one more is let through. */
  resetS: number;
}

/** The object of one limited thing. */
export interface RateLimiterRpc {
  take(window: RateWindow): Promise<RateState>;
}

export interface Limit extends RateWindow {
  /** Which limit, such as `sign-in`: letters, digits and `-`. Part of the answer's headers. */
  name: string;
  /** What is limited: an address, an account, a member. It leaves this function as a hash only. */
  key: string;
}

/**
 * Counts one call against an exact limit and answers with the headers that tell it. Throws `rate_limited` where it is one too
 * many, and `unavailable` where nobody counts.
 */
export async function limit(env: Env, wanted: Limit): Promise<Headers> {
  const { name, key, max, windowS } = wanted;
  const id = env.RATE_LIMITER.idFromName(await chainTools.hash(JSON.stringify([name, key])));
  const stub = env.RATE_LIMITER.get(id) as unknown as RateLimiterRpc;
  const counted = await settle<RateState>(
    stub.take({ max, windowS }).then((value) => ok(value)),
    "rate limiter",
  );
  if (!counted.ok) throw new ProblemError(counted.problem);
  const headers = rateHeaders(name, { max, windowS }, counted.value);
  if (counted.value.allowed) return headers;
  throw tooMany(counted.value.resetS, headers, `${max} in ${windowS} seconds`);
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-10: the quota `q` of a window of `w` seconds; `r` left, more in `t` seconds. */
export function rateHeaders(name: string, { max, windowS }: RateWindow, state: RateState | null): Headers {
  const headers = new Headers({ "ratelimit-policy": `"${name}";q=${max};w=${windowS}` });
  if (state) headers.set("ratelimit", `"${name}";r=${state.remaining};t=${state.resetS}`);
  return headers;
}

/** What `WRITE_RATE` in wrangler.toml says, for the answer. */
const WRITES: RateWindow = { max: 600, windowS: 60 };

/**
 * The general limit of one member's writes, or of those of all strangers of an org together, where the platform counts them and the configuration wants it. It is approximate:
 * each location counts for itself.
 */
export async function limitWrites(env: Env, orgId: string, memberId: string | null): Promise<void> {
  if (!env.WRITE_RATE || !configOf(env).limitsWrites) return;
  // Where the platform does not count, people work on: this limit guards no secret.
  const counted = await env.WRITE_RATE.limit({ key: `${orgId}/${memberId ?? "stranger"}` }).catch((error: unknown) => {
    logEvent(env, "writes.uncounted", { error });
    return { success: true };
  });
  if (counted.success) return;
  const state = { allowed: false, remaining: 0, resetS: WRITES.windowS };
  throw tooMany(WRITES.windowS, rateHeaders("writes", WRITES, state), `${WRITES.max} writes a minute`);
}

function tooMany(retryAfterS: number, headers: Headers, limit: string): ProblemError {
  const detail = `At most ${limit}. Try again in ${retryAfterS} s.`;
  return new ProblemError({ code: "rate_limited", detail, retryAfterS, limit }, { headers });
}
