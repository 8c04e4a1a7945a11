import { DurableObject } from "cloudflare:workers";
import type { Env } from "#platform/env";
import type { RateLimiterRpc, RateState, RateWindow } from "#platform/rate-limit";
import { SlidingWindow } from "./window.ts";

/** The Durable Object of one limited thing, named by a hash of it. It forgets itself when the window has passed. */
export class RateLimiter extends DurableObject<Env> implements RateLimiterRpc {
  async take(window: RateWindow): Promise<RateState> {
    const now = Date.now();
    const state = new SlidingWindow(this.ctx.storage.sql).take(window, now);
    if (state.allowed) void this.ctx.storage.setAlarm(now + window.windowS * 1000 + 1);
    return state;
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}
