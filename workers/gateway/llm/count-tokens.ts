import { DEMO_MODEL } from "#contract/provider";
import { closeCall } from "./call.ts";
import { CallError, failure } from "./errors.ts";
import { parseObject } from "./native.ts";
import { postNative } from "./pass-through.ts";
import { estimateInput, refuse } from "./relay.ts";
import { broken, type Exchange, foreign } from "./responder.ts";
import { findUpstream, type Upstream } from "./upstream.ts";

/** How long a prompt is: the provider's own count where it speaks the dialect, otherwise our estimate. Nothing is generated. */
export async function countTokensOf(exchange: Exchange): Promise<Response> {
  const { call } = exchange;
  const found = call.model === DEMO_MODEL ? null : await findUpstream(call.env, call.principal, call.model);
  if (found && !found.ok) return refuse(exchange, failure(found.problem));
  if (found?.value.wire === "messages") return ownCount(exchange, found.value);
  return counted(exchange, { input_tokens: estimateInput(exchange) });
}

async function ownCount(exchange: Exchange, upstream: Upstream): Promise<Response> {
  const { call } = exchange;
  const late = setTimeout(() => call.abort.abort(new Error("first token")), call.deps.firstTokenMs);
  try {
    const response = await postNative(exchange, upstream, "/messages/count_tokens");
    const answer = parseObject(await response.text());
    if (!answer) throw new CallError(foreign(upstream.provider));
    return await counted(exchange, answer);
  } catch (error) {
    return await refuse(exchange, error instanceof CallError ? error.failure : broken(upstream.provider));
  } finally {
    clearTimeout(late);
  }
}

async function counted({ call }: Exchange, body: object): Promise<Response> {
  await closeCall(call, { outcome: "complete", tokens: null, status: 200 });
  return Response.json(body, { headers: { "cache-control": "no-store" } });
}
