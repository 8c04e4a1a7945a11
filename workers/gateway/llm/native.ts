import type { Body, DialectName } from "./dialect.ts";
import { readChatUsage, readMessagesUsage, readResponsesUsage, type TokenCounts } from "./usage.ts";

/** How a provider is spoken to in the client's own dialect: bytes pass as they come, and what matters is read on the way. */
export interface NativeForm {
  path: string;
  /** The client's body with what the gateway adds; the model's name is set apart. */
  bodyOf(body: Body): Body;
  usageOf(answer: Body): TokenCounts | null;
  /** What was generated, of a whole answer. */
  outputOf(answer: Body): unknown;
  /** Usage known after an event of the stream, given what was known before. */
  usageAfter(event: Body, before: TokenCounts | null): TokenCounts | null;
  /** What was generated, of an event. */
  pieceOf(event: Body): unknown;
}

const inside = (value: unknown): Body => (value !== null && typeof value === "object" ? (value as Body) : {});
const isGiven = (value: unknown) => value !== null && value !== undefined;

export const NATIVE_FORMS: Record<DialectName, NativeForm> = {
  chat: {
    path: "/chat/completions",
    bodyOf: (body) =>
      body.stream ? { ...body, stream_options: { ...inside(body.stream_options), include_usage: true } } : body,
    usageOf: (answer) => (isGiven(answer.usage) ? readChatUsage(answer.usage) : null),
    outputOf: (answer) => answer.choices,
    usageAfter: (event, before) => (isGiven(event.usage) ? readChatUsage(event.usage) : before),
    pieceOf: (event) => (Array.isArray(event.choices) ? event.choices.map((choice) => inside(choice).delta) : null),
  },
  responses: {
    path: "/responses",
    bodyOf: (body) => ({ ...body, store: false }),
    usageOf: (answer) => (isGiven(answer.usage) ? readResponsesUsage(answer.usage) : null),
    outputOf: (answer) => answer.output,
    usageAfter(event, before) {
      const { usage } = inside(event.response);
      return isGiven(usage) ? readResponsesUsage(usage) : before;
    },
    pieceOf: (event) => (typeof event.delta === "string" ? event.delta : null),
  },
  messages: {
    path: "/messages",
    bodyOf: (body) => body,
    usageOf: (answer) => (isGiven(answer.usage) ? readMessagesUsage(answer.usage) : null),
    outputOf: (answer) => answer.content,
    usageAfter: messagesUsageAfter,
    pieceOf(event) {
      const delta = inside(event.delta);
      return delta.text ?? delta.thinking ?? delta.partial_json ?? null;
    },
  },
};

/** The prompt's figures come first and the answer's last; the last may repeat the first, and then they count. */
function messagesUsageAfter(event: Body, before: TokenCounts | null): TokenCounts | null {
  const usage = event.usage ?? inside(event.message).usage;
  const now = isGiven(usage) ? readMessagesUsage(usage) : null;
  if (!now || !before) return now ?? before;
  return now.inputTokens > 0 ? now : { ...before, outputTokens: now.outputTokens };
}

/** Reads a stream of server-sent events as it passes, without keeping it: the usage, and how much was generated. */
export class StreamWatcher {
  readonly #form: NativeForm;
  readonly #decoder = new TextDecoder();
  #line = "";
  tokens: TokenCounts | null = null;
  /** UTF-16 units of text, reasoning and tool arguments that came. */
  units = 0;

  constructor(form: NativeForm) {
    this.#form = form;
  }

  /** Takes the next bytes. Chunks may end anywhere. */
  push(bytes: Uint8Array): void {
    const lines = (this.#line + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) this.#readLine(line);
  }

  #readLine(line: string): void {
    if (!line.startsWith("data:")) return;
    const event = parseObject(line.slice(5));
    if (!event) return;
    this.tokens = this.#form.usageAfter(event, this.tokens);
    this.units += unitsOf(this.#form.pieceOf(event));
  }
}

/** A JSON object; null where the text is none. */
export function parseObject(text: string): Body | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" ? (value as Body) : null;
  } catch {
    return null;
  }
}

/** All strings inside a piece: whatever a vendor calls its reasoning, it was generated and paid for. */
function unitsOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (value === null || typeof value !== "object") return 0;
  return Object.values(value).reduce((sum: number, child) => sum + unitsOf(child), 0);
}
