import type { DialectName } from "./dialect.ts";
import { CallError } from "./errors.ts";
import { NATIVE_FORMS, parseObject, StreamWatcher } from "./native.ts";
import { broken, type Exchange, foreign, type Responder, type StreamedAnswer, type WholeAnswer } from "./responder.ts";
import { callUpstream, type Upstream } from "./upstream.ts";
import { countTokens } from "./usage.ts";

/** Whether a provider speaks the client's dialect itself. */
export function isNative(dialect: DialectName, { wire, kind }: Upstream): boolean {
  return dialect === "responses" ? kind === "openai" : dialect === wire;
}

/** Headers of the client that change what the provider does. */
const FORWARDED = ["anthropic-beta", "anthropic-version"];

/** Answers with what the provider answers, byte for byte. */
export function passThrough(exchange: Exchange, upstream: Upstream): Responder {
  return {
    name: upstream.provider,
    price: upstream.model.price,
    isRemote: true,
    whole: () => whole(exchange, upstream),
    stream: () => stream(exchange, upstream),
  };
}

/** Posts the client's request to an address under the provider's base. Throws `CallError`. */
export async function postNative(exchange: Exchange, upstream: Upstream, path?: string): Promise<Response> {
  const form = NATIVE_FORMS[exchange.dialect.name];
  const headers = new Headers({ "content-type": "application/json", ...upstream.headers });
  for (const name of upstream.wire === "messages" ? FORWARDED : []) {
    const value = exchange.headers.get(name);
    if (value) headers.set(name, value);
  }
  const body = path ? exchange.body : form.bodyOf(exchange.body);
  const request = {
    url: `${upstream.baseUrl}${path ?? form.path}`,
    headers,
    body: JSON.stringify({ ...body, model: upstream.model.name }),
  };
  const answer = await callUpstream(upstream, request, exchange.call);
  if (!answer.ok) throw new CallError(answer.failure);
  return answer.response;
}

async function whole(exchange: Exchange, upstream: Upstream): Promise<WholeAnswer> {
  const response = await postNative(exchange, upstream);
  const answer = parseObject(await response.text());
  if (!answer) throw new CallError(foreign(upstream.provider));
  const form = NATIVE_FORMS[exchange.dialect.name];
  return {
    body: { ...answer, model: exchange.call.model },
    tokens: form.usageOf(answer),
    outputTokens: countTokens(JSON.stringify(form.outputOf(answer) ?? "")),
  };
}

async function stream(exchange: Exchange, upstream: Upstream): Promise<StreamedAnswer> {
  const response = await postNative(exchange, upstream);
  const reader = response.body?.getReader();
  let first: Uint8Array | null = (await reader?.read())?.value ?? null;
  if (!reader || !first) throw new CallError(broken(upstream.provider));
  const watcher = new StreamWatcher(NATIVE_FORMS[exchange.dialect.name]);
  return {
    async read() {
      const chunk = first ?? (await reader.read()).value ?? null;
      first = null;
      if (chunk) watcher.push(chunk);
      return chunk;
    },
    cancel: () => reader.cancel(),
    seen: () => watcher,
  };
}
