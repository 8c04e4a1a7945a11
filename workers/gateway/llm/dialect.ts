import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  SharedV4ProviderMetadata,
} from "@ai-sdk/provider";
import { base64url } from "jose";
import { z } from "zod";
import type { Block, BlockEvent } from "./blocks.ts";
import { type CallFailure, failure, refused } from "./errors.ts";
import type { TokenCounts } from "./usage.ts";

export type DialectName = "chat" | "responses" | "messages";
export type Body = Record<string, unknown>;
/** What every dialect's request becomes, and every vendor's client takes. */
export type CallOptions = LanguageModelV4CallOptions;

/** What an answer's frame says of its call. */
export interface AnswerHead {
  id: string;
  /** As the client asked for it, `provider/name`. */
  model: string;
  createdS: number;
  body: Body;
  /** An estimate, for dialects that begin with it. */
  inputTokens: number;
}

export interface Finish {
  reason: LanguageModelV4FinishReason["unified"];
  tokens: TokenCounts;
}

/** Makes the events of a streamed answer, as the text that is sent. */
export interface StreamEncoder {
  begin(): string;
  block(event: BlockEvent): string;
  end(finish: Finish): string;
}

/** One form of request and answer that clients speak (spec §6). */
export interface Dialect {
  name: DialectName;
  /** What must hold of a request whoever answers it. */
  envelope: z.ZodType<{ model: string; stream?: boolean | null | undefined }>;
  /** The contents of the prompt, in whatever form, to be counted. */
  prompt(body: Body): unknown[];
  decode(body: Body): Decoded;
  whole(head: AnswerHead, blocks: readonly Block[], finish: Finish): object;
  stream(head: AnswerHead): StreamEncoder;
  /** An error as the body of an answer. */
  errorBody(why: CallFailure): object;
  /** An error inside a stream, as the text that is sent. */
  errorEvent(why: CallFailure): string;
}

export type Decoded = { ok: true; options: CallOptions } | { ok: false; failure: CallFailure };

/** The answer for a call that failed before its first byte. */
export function errorResponse(dialect: Dialect, why: CallFailure): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  if (why.problem.retryAfterS) headers.set("retry-after", String(why.problem.retryAfterS));
  return Response.json(dialect.errorBody(why), { status: why.status, headers });
}

/** Reads a request that has to be translated: what the schema does not know is refused by its name. */
export function decodeWith<T>(schema: z.ZodType<T>, body: Body, options: (request: T) => CallOptions): Decoded {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return { ok: false, failure: refusalOf(parsed.error) };
  try {
    return { ok: true, options: options(parsed.data) };
  } catch (error) {
    if (error instanceof FieldError) return { ok: false, failure: refused(error.field, error.message) };
    throw error;
  }
}

/** What a schema cannot see is wrong with a field. */
export class FieldError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

function refusalOf(error: z.ZodError): CallFailure {
  const issue = deepest(error.issues[0]);
  if (!issue) return failure({ code: "invalid", detail: "The request is not valid." });
  if (issue.code === "unrecognized_keys")
    return refused([...issue.path, issue.keys[0] ?? ""].join("."), "this cannot be given to the model's provider.");
  return refused(issue.path.join(".") || "(body)", issue.message);
}

type Issue = z.core.$ZodIssue;

/** Of a union that took nothing, the choice that came farthest. */
function deepest(issue: Issue | undefined, path: PropertyKey[] = []): Issue | undefined {
  if (!issue) return undefined;
  const here = { ...issue, path: [...path, ...issue.path] } as Issue;
  if (issue.code !== "invalid_union") return here;
  const inner = issue.errors.flatMap((choice) => deepest(choice[0], here.path) ?? []);
  return (
    inner.sort((a, b) => b.path.length - a.path.length).find((one) => one.path.length > here.path.length) ??
    inner.find((one) => one.code === "unrecognized_keys") ??
    here
  );
}

/** Options that only some vendors' clients read; each finds its own by name. */
export const UPSTREAM = "upstream";

const stateSchema = z.record(z.string(), z.record(z.string(), z.json()));

/** A vendor's state as the opaque text that clients of a dialect give back; null where there is none. */
export function sealState(state: SharedV4ProviderMetadata): string | null {
  const has = Object.values(state).some((one) => Object.keys(one ?? {}).length > 0);
  return has ? base64url.encode(JSON.stringify(state)) : null;
}

/** What was sealed; null where it was sealed by somebody else, such as the vendor of an earlier answer. */
export function openState(sealed: string | null | undefined): SharedV4ProviderMetadata | null {
  if (!sealed) return null;
  try {
    const text = new TextDecoder().decode(base64url.decode(sealed));
    return stateSchema.parse(JSON.parse(text)) as SharedV4ProviderMetadata;
  } catch {
    return null;
  }
}
