import type { Limit } from "#platform/rate-limit";

const QUARTER_S = 15 * 60;

/** What an address may try, whoever it names; "unknown" stands for those that come without one, as on a development machine. */
export function byAddress(name: string, request: Request, max: number): Limit {
  const key = request.headers.get("cf-connecting-ip") ?? "unknown";
  return { name: `${name}-address`, key, max, windowS: QUARTER_S };
}

/** What may be tried with one e-mail address, wherever it comes from and whether or not it has an account. */
export function byEmail(name: string, email: string, max: number): Limit {
  return { name: `${name}-email`, key: email, max, windowS: QUARTER_S };
}
