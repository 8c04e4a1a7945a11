import type { LanguageModelV4, LanguageModelV4StreamPart, SharedV4Warning } from "@ai-sdk/provider";
import { APICallError, UnsupportedFunctionalityError } from "@ai-sdk/provider";
import { BlockSequence, blocksOf } from "./blocks.ts";
import type { AnswerHead, CallOptions, Finish, StreamEncoder } from "./dialect.ts";
import { CallError, type CallFailure, failure, refused, upstreamMessage } from "./errors.ts";
import { estimateInput } from "./relay.ts";
import { broken, type Exchange, foreign, type Responder, type StreamedAnswer, type WholeAnswer } from "./responder.ts";
import type { ProviderModel } from "./upstream.ts";
import { readModelUsage, type TokenCounts } from "./usage.ts";

/** A model of any vendor behind the one interface, and what is known of it. */
export interface Target {
  model: LanguageModelV4;
  name: string;
  price: ProviderModel["price"];
  isRemote: boolean;
  /** Blotted out of what the vendor says. */
  key: string | null;
  /** The request as the vendor takes it, and what its client would leave out: nothing where it can say all of it. */
  prepare(options: CallOptions): Promise<Prepared>;
}

export interface Prepared {
  options: CallOptions;
  warnings: readonly SharedV4Warning[];
}

/** Answers with a model that speaks another form than the client: requests and answers go through the common one. */
export function translated(exchange: Exchange, target: Target, options: CallOptions): Responder {
  const signal = { abortSignal: exchange.call.abort.signal };
  const told = async <T>(work: (asked: CallOptions) => PromiseLike<T>): Promise<T> => {
    try {
      const prepared = await target.prepare(options);
      refuseUnsaid(target, prepared.warnings);
      return await work({ ...prepared.options, ...signal });
    } catch (error) {
      throw callErrorOf(target, error);
    }
  };
  return {
    ...target,
    whole: () => told(async (asked) => wholeOf(exchange, target, await target.model.doGenerate(asked))),
    stream: () =>
      told(async (asked) => {
        const { stream } = await target.model.doStream(asked);
        const answer = new TranslatedStream(exchange, target, stream.getReader());
        await answer.begin();
        return answer;
      }),
  };
}

/** Losses that change nothing of what is answered. */
const HARMLESS = /cache|strict/i;

/** Refuses what the vendor's client would leave out. */
function refuseUnsaid(target: Target, warnings: Prepared["warnings"]): void {
  for (const warning of warnings) {
    if (warning.type !== "unsupported" || HARMLESS.test(warning.feature)) continue;
    const field = warning.feature.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    throw new CallError(refused(field, warning.details ?? `${target.name} has no such option for this model.`));
  }
}

function callErrorOf(target: Target, error: unknown): unknown {
  if (UnsupportedFunctionalityError.isInstance(error))
    return new CallError(refused(error.functionality, `${target.name} cannot be given this.`));
  if (!APICallError.isInstance(error)) return error;
  const status = error.statusCode ?? 0;
  if (status < 400) return new CallError(foreign(target.name));
  return new CallError(saidBy(target, error.responseBody ?? error.message, status));
}

function saidBy(target: Target, text: string, status?: number): CallFailure {
  return failure({ code: "upstream_failed", detail: upstreamMessage(text, target.key) }, status);
}

type Generated = Awaited<ReturnType<LanguageModelV4["doGenerate"]>>;

function wholeOf(exchange: Exchange, target: Target, answer: Generated): WholeAnswer {
  const blocks = blocksOf(answer.content);
  const tokens = readModelUsage(answer.usage);
  const outputTokens = Math.ceil(blocks.reduce((sum, block) => sum + block.text.length, 0) / 4);
  const finish = finishOf(target, answer.finishReason.unified, tokens ?? counted(exchange, outputTokens));
  return { body: exchange.dialect.whole(headOf(exchange), blocks, finish), tokens, outputTokens };
}

function headOf(exchange: Exchange): AnswerHead {
  const { call, body } = exchange;
  const createdS = Math.floor(call.startedAt / 1000);
  return { id: call.id, model: call.model, createdS, body, inputTokens: estimateInput(exchange) };
}

function counted(exchange: Exchange, outputTokens: number): TokenCounts {
  return { inputTokens: estimateInput(exchange), outputTokens, cachedTokens: 0 };
}

/** An answer that stops for an error, or without a word, is none. */
function finishOf(target: Target, reason: Finish["reason"], tokens: TokenCounts): Finish {
  if (reason === "error" || reason === "interrupted") throw new CallError(broken(target.name));
  return { reason, tokens };
}

type Part = LanguageModelV4StreamPart;

/** What may come before the vendor has begun to answer. */
const BEFORE = new Set<Part["type"]>(["stream-start", "raw", "ping"]);

class TranslatedStream implements StreamedAnswer {
  readonly #exchange: Exchange;
  readonly #target: Target;
  readonly #reader: ReadableStreamDefaultReader<Part>;
  readonly #encoder: StreamEncoder;
  readonly #blocks = new BlockSequence();
  readonly #bytes = new TextEncoder();
  #ready = "";
  #isOver = false;
  #tokens: TokenCounts | null = null;
  #units = 0;

  constructor(exchange: Exchange, target: Target, reader: ReadableStreamDefaultReader<Part>) {
    this.#exchange = exchange;
    this.#target = target;
    this.#reader = reader;
    this.#encoder = exchange.dialect.stream(headOf(exchange));
  }

  /** Waits for the vendor's first word. */
  async begin(): Promise<void> {
    let part = await this.#next();
    while (BEFORE.has(part.type)) part = await this.#next();
    const rest = this.#take(part);
    this.#ready = this.#encoder.begin() + rest;
  }

  async read(): Promise<Uint8Array | null> {
    while (this.#ready === "") {
      if (this.#isOver) return null;
      this.#ready = this.#take(await this.#next());
    }
    const bytes = this.#bytes.encode(this.#ready);
    this.#ready = "";
    return bytes;
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }

  seen() {
    return { tokens: this.#tokens, units: this.#units };
  }

  async #next(): Promise<Part> {
    const { value, done } = await this.#reader.read();
    if (done) throw new CallError(broken(this.#target.name));
    return value;
  }

  #take(part: Part): string {
    if (part.type === "error") throw this.#errorOf(part.error);
    if (part.type !== "finish") return this.#written(this.#blocks.take(part));
    this.#isOver = true;
    const last = this.#written(this.#blocks.end());
    this.#tokens = readModelUsage(part.usage);
    const tokens = this.#tokens ?? counted(this.#exchange, Math.ceil(this.#units / 4));
    return last + this.#encoder.end(finishOf(this.#target, part.finishReason.unified, tokens));
  }

  #written(events: ReturnType<BlockSequence["take"]>): string {
    for (const event of events) if (event.type === "delta") this.#units += event.delta.length;
    return events.map((event) => this.#encoder.block(event)).join("");
  }

  #errorOf(error: unknown): unknown {
    const known = callErrorOf(this.#target, error);
    if (known instanceof CallError) return known;
    const text = typeof error === "string" ? error : error instanceof Error ? error.message : JSON.stringify(error);
    return new CallError(saidBy(this.#target, text));
  }
}
