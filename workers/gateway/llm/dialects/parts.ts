import type {
  JSONSchema7,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider";
import { z } from "zod";
import { FieldError } from "../dialect.ts";

type Assistant = Extract<LanguageModelV4Message, { role: "assistant" }>;
export type AssistantPart = Assistant["content"][number];
export type UserPart = Extract<LanguageModelV4Message, { role: "user" }>["content"][number];
export type ToolMessage = Extract<LanguageModelV4Message, { role: "tool" }>;
export type ToolResult = Extract<ToolMessage["content"][number], { type: "tool-result" }>;

/**
 * A hint of no consequence for what is answered, or what a client library adds to an answer that it gives back: taken, and
 * left out where no vendor's client has a place for it.
 */
export const hint = z.unknown().optional();

/** Where Anthropic's cache may end. Its own client reads it; for others it is a hint. */
export const cacheControl = z
  .looseObject({ type: z.literal("ephemeral"), ttl: z.enum(["5m", "1h"]).optional() })
  .nullish();
type CacheControl = z.infer<typeof cacheControl>;

export function cached(control: CacheControl): { providerOptions?: SharedV4ProviderOptions } {
  if (!control) return {};
  const value = control.ttl ? { type: "ephemeral", ttl: control.ttl } : { type: "ephemeral" };
  return { providerOptions: { anthropic: { cacheControl: value } } };
}

export const jsonObject = z.record(z.string(), z.unknown());

/** A schema as the vendors' clients take it; they pass it on as it is. */
export function schemaOf(value: Record<string, unknown> | null | undefined): JSONSchema7 {
  return (value ?? { type: "object", properties: {} }) as JSONSchema7;
}

/** The arguments of an earlier call. Some models send nothing where a tool takes none. */
export function argumentsOf(text: string, field: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new FieldError(field, "it must be JSON.");
  }
}

/** An image or document by `data:` URL or https address. */
export function filePart(address: string, field: string, mediaType = "image/*"): LanguageModelV4FilePart {
  const data = /^data:([^;,]+)?(?:;[^;,]+)*;base64,(.*)$/s.exec(address);
  if (data) return { type: "file", mediaType: data[1] ?? mediaType, data: { type: "data", data: data[2] ?? "" } };
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) throw new FieldError(field, "it must be an https or a base64 data URL.");
  return { type: "file", mediaType, data: { type: "url", url } };
}

/** Adds a message; the results of one turn are one message, as are the pieces of one answer. */
export function addMessage(messages: LanguageModelV4Message[], next: LanguageModelV4Message): void {
  const last = messages.at(-1);
  if (last?.role === "tool" && next.role === "tool") last.content.push(...next.content);
  else messages.push(next);
}

/** Adds a piece of an answer to the answer it is of. */
export function addAnswer(messages: LanguageModelV4Message[], parts: AssistantPart[]): void {
  const last = messages.at(-1);
  if (last?.role === "assistant") last.content.push(...parts);
  else messages.push({ role: "assistant", content: parts });
}

/** The names of the tools that were called, by call: results do not say theirs. */
export class CalledTools {
  readonly #names = new Map<string, string>();

  add(callId: string, name: string): void {
    this.#names.set(callId, name);
  }

  /** A result without its call keeps the call's id as its name. */
  of(callId: string): string {
    return this.#names.get(callId) ?? callId;
  }
}
