import { ok, type Result } from "#contract/problem";
import { DEMO_MODEL } from "#contract/provider";
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

async function whoAnswers({ call }: Exchange): Promise<Result<Upstream | "demo">> {
  if (call.model === DEMO_MODEL) return ok("demo");
  return findUpstream(call.env, call.principal, call.model);
}

function answerTranslated(exchange: Exchange, target: Target): Promise<Response> {
  const decoded = exchange.dialect.decode(exchange.body);
  if (!decoded.ok) return refuse(exchange, decoded.failure);
  return relay(exchange, translated(exchange, target, decoded.options));
}
