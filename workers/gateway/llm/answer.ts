import { ok, type Result } from "#contract/problem";
import { DEMO_MODEL } from "#contract/provider";
import { reserveBudget } from "./budget.ts";
import { demoTarget } from "./demo/model.ts";
import { failure } from "./errors.ts";
import { targetOf } from "./models.ts";
import { isNative, passThrough } from "./pass-through.ts";
import { refuse, relay } from "./relay.ts";
import type { Exchange } from "./responder.ts";
import { type Target, translated } from "./translate.ts";
import { findUpstream, type Upstream } from "./upstream.ts";

/** Answers a call: untouched where the provider speaks the client's dialect, translated otherwise. */
export async function answer(exchange: Exchange): Promise<Response> {
  const { call, dialect } = exchange;
  const found = await whoAnswers(exchange);
  if (!found.ok) return refuse(exchange, failure(found.problem));
  if (found.value === "demo") return answerTranslated(exchange, demoTarget(call.model, call.deps));
  if (isNative(dialect.name, found.value)) return relay(exchange, passThrough(exchange, found.value));
  return answerTranslated(exchange, targetOf(found.value, call));
}

/** The provider whose money is held back for the call (budget.ts). */
async function whoAnswers({ call, body }: Exchange): Promise<Result<Upstream | "demo">> {
  if (call.model === DEMO_MODEL) return ok("demo");
  const found = await findUpstream(call.env, call.principal, call.model);
  return found.ok ? reserveBudget(call, found.value, body) : found;
}

function answerTranslated(exchange: Exchange, target: Target): Promise<Response> {
  const decoded = exchange.dialect.decode(exchange.body);
  if (!decoded.ok) return refuse(exchange, decoded.failure);
  return relay(exchange, translated(exchange, target, decoded.options));
}
