import { fail, ok, type Result } from "#contract/problem";
import { reserveMoney, settleMoney, usedMoney } from "#data/budgets";
import { forTenant } from "#data/tenant-db";
import { overBudget } from "#domain/budget/refusal";
import { worstCase } from "#domain/budget/worst-case";
import { withKnown } from "#domain/provider/prices";
import { logEvent } from "#platform/log";
import type { GatewayCall } from "./call.ts";
import type { Upstream } from "./upstream.ts";

/** A lease outlives the longest call and the writing down at its end by this, so that it cannot expire under a live one. */
const LEASE_MARGIN_MS = 5 * 60_000;
const SETTLE_ATTEMPTS = 3;

/**
 * Holds back the most that a call may cost, before anything is sent, and gives the upstream with the price it is charged at. The
 * problem says which budget has no room for it. A model without a known price, and one that costs nothing, needs none.
 */
export async function reserveBudget(
  call: GatewayCall,
  upstream: Upstream,
  request: unknown,
): Promise<Result<Upstream>> {
  const model = withKnown(upstream.kind, upstream.model);
  const priced = { ...upstream, model };
  const microUsd = model.price === null ? 0 : worstCase({ ...model, price: model.price }, request);
  if (microUsd === 0 && !tellsItsCost(upstream, model)) return ok(priced);
  const db = forTenant(call.env, call.principal);
  const { conversationId, runId } = call.principal;
  const now = Date.now();
  const expiresAt = now + call.deps.totalMs + LEASE_MARGIN_MS;
  try {
    call.leased = await reserveMoney(db, { callId: call.id, conversationId, runId, microUsd, expiresAt }, now);
    if (call.leased) return ok(priced);
    return { ok: false, problem: overBudget(await usedMoney(db, { conversationId, now }), microUsd) };
  } catch (error) {
    logEvent(call.env, "llm.budget_unreadable", { callId: call.id, error });
    return fail("unavailable", "The budget could not be read, so the model was not called. Try again.");
  }
}

/** OpenRouter says what each call did cost: a lease of nothing has it counted where no price is known before. */
function tellsItsCost({ kind }: Upstream, { price }: Upstream["model"]): boolean {
  return kind === "openrouter" && price === null;
}

/** Counts what a call did cost and gives the rest of its lease back; where that fails, the lease expires. */
export async function settleBudget(call: GatewayCall, microUsd: number): Promise<void> {
  const db = forTenant(call.env, call.principal);
  for (let attempt = 0; attempt < SETTLE_ATTEMPTS; attempt++) {
    try {
      return await settleMoney(db, { callId: call.id, microUsd }, Date.now());
    } catch (error) {
      logEvent(call.env, "llm.budget_unsettled", { callId: call.id, microUsd, error });
      await call.deps.sleep(call.deps.backOffMs * 2 ** attempt);
    }
  }
}
