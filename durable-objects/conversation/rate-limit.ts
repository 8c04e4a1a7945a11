/** A token bucket per key: `perSecond` on average, bursts of as many. Kept in memory: an eviction fills it again. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Whether one more is allowed now. */
  take(key: string, nowMs: number): boolean {
    const known = this.#buckets.get(key) ?? { tokens: this.#perSecond, atMs: nowMs };
    const refilled = Math.min(this.#perSecond, known.tokens + ((nowMs - known.atMs) / 1000) * this.#perSecond);
    const allowed = refilled >= 1;
    this.#buckets.set(key, { tokens: allowed ? refilled - 1 : refilled, atMs: nowMs });
    return allowed;
  }
}
