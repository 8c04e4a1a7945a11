import type { Problem } from "#contract/problem";
import type { GatewayCall } from "./call.ts";
import type { Body, Dialect } from "./dialect.ts";
import { type CallFailure, failure } from "./errors.ts";
import type { AnswerSource } from "./stream.ts";
import type { ProviderModel } from "./upstream.ts";
import type { TokenCounts } from "./usage.ts";

/** A call with what its client asked, in its dialect. */
export interface Exchange {
  call: GatewayCall;
  dialect: Dialect;
  body: Body;
  headers: Headers;
}

export interface WholeAnswer {
  body: object;
  /** Null where the provider gave no figures. */
  tokens: TokenCounts | null;
  /** Our own count of what was generated. */
  outputTokens: number;
}

export interface StreamedAnswer extends AnswerSource {
  /** What is known of the usage by now: the provider's figures, and the UTF-16 units that were generated. */
  seen(): { tokens: TokenCounts | null; units: number };
}

/**
 * Who answers a call. Both throw `CallError` for what the client is told. A stream is given once it has begun: what fails
 * before is an answer with a status.
 */
export interface Responder {
  /** Its name for people. */
  name: string;
  price: ProviderModel["price"];
  /** Whether it may keep us waiting: then the limits of time hold. */
  isRemote: boolean;
  whole(): Promise<WholeAnswer>;
  stream(): Promise<StreamedAnswer>;
}

export const tooLate = (name: string): CallFailure =>
  failure({ code: "upstream_failed", detail: `${name} did not answer in time.` }, 504);

export const broken = (name: string): CallFailure =>
  failure({ code: "upstream_failed", detail: `The connection to ${name} broke.` });

export const foreign = (name: string): CallFailure => failure(foreignProblem(name));

function foreignProblem(name: string): Problem {
  return {
    code: "upstream_failed",
    detail: `${name} did not answer in the form that its kind of provider has. Check its base URL.`,
  };
}
