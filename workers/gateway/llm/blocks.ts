import type { LanguageModelV4Content, LanguageModelV4StreamPart, SharedV4ProviderMetadata } from "@ai-sdk/provider";

/** A whole of an answer: a text, a piece of reasoning, or a tool call whose `text` is its arguments as JSON. */
export interface Block {
  /** Its place in the answer, from 0. */
  index: number;
  kind: "text" | "reasoning" | "call";
  /** Of a call the one that its result will name; otherwise the vendor's. */
  id: string;
  /** The tool of a call; otherwise empty. */
  name: string;
  text: string;
  /** What the vendor wants back with it: signatures, sealed reasoning. */
  state: SharedV4ProviderMetadata;
}

export type BlockEvent =
  | { type: "open"; block: Block }
  | { type: "delta"; block: Block; delta: string }
  | { type: "close"; block: Block };

type Part = LanguageModelV4StreamPart;

/**
 * Puts the parts of an answer into blocks one after the other, which is how clients of every dialect read them. Vendors mix
 * them: what comes while a call is not whole waits for it, and a text ends where something else begins.
 */
export class BlockSequence {
  #open: Block | null = null;
  #count = 0;
  #waiting: Part[] = [];

  take(part: Part): BlockEvent[] {
    if (this.#open?.kind === "call" && !isOf(part, this.#open.id)) {
      if (isOfBlock(part)) this.#waiting.push(part);
      return [];
    }
    return this.#takeNow(part);
  }

  /** Closes what is open and gives what waited. */
  end(): BlockEvent[] {
    const events = this.#close();
    return this.#open ? [...events, ...this.end()] : events;
  }

  #takeNow(part: Part): BlockEvent[] {
    switch (part.type) {
      case "text-delta":
        return this.#grow("text", part);
      case "reasoning-start":
      case "reasoning-delta":
      case "reasoning-end":
        return this.#reason(part);
      case "text-end":
        return this.#open?.kind === "text" && this.#open.id === part.id ? this.#close() : [];
      case "tool-input-start":
        return [
          ...this.#close(),
          ...this.#begin("call", { id: part.id, name: part.toolName, metadata: part.providerMetadata }),
        ];
      case "tool-input-delta":
        return this.#append(part.delta);
      case "tool-call":
        return this.#call(part);
      default:
        return [];
    }
  }

  #reason(part: Extract<Part, { type: "reasoning-start" | "reasoning-delta" | "reasoning-end" }>): BlockEvent[] {
    const grown = this.#grow("reasoning", { ...part, delta: part.type === "reasoning-delta" ? part.delta : "" });
    const isLast = part.type === "reasoning-end" && this.#open?.kind === "reasoning" && this.#open.id === part.id;
    return isLast ? [...grown, ...this.#close()] : grown;
  }

  #grow(
    kind: "text" | "reasoning",
    part: { id: string; delta: string; providerMetadata?: SharedV4ProviderMetadata | undefined },
  ): BlockEvent[] {
    const isSame = this.#open?.kind === kind && this.#open.id === part.id;
    if (!isSame && part.delta === "" && (kind === "text" || !part.providerMetadata)) return [];
    const begun = isSame
      ? []
      : [...this.#close(), ...this.#begin(kind, { id: part.id, name: "", metadata: part.providerMetadata })];
    if (isSame) this.#keep(part.providerMetadata);
    return [...begun, ...this.#append(part.delta)];
  }

  #call(part: Extract<Part, { type: "tool-call" }>): BlockEvent[] {
    const whole = { id: part.toolCallId, name: part.toolName, metadata: part.providerMetadata };
    const begun = this.#open?.kind === "call" ? [] : [...this.#close(), ...this.#begin("call", whole)];
    this.#keep(part.providerMetadata);
    const had = this.#open?.text ?? "";
    const rest = part.input.startsWith(had) ? part.input.slice(had.length) : "";
    return [...begun, ...this.#append(rest), ...this.#close()];
  }

  #begin(
    kind: Block["kind"],
    of: { id: string; name: string; metadata: SharedV4ProviderMetadata | undefined },
  ): BlockEvent[] {
    const block = { index: this.#count++, kind, id: of.id, name: of.name, text: "", state: of.metadata ?? {} };
    this.#open = block;
    return [{ type: "open", block }];
  }

  #append(delta: string): BlockEvent[] {
    if (!this.#open || delta === "") return [];
    this.#open.text += delta;
    return [{ type: "delta", block: this.#open, delta }];
  }

  #keep(metadata: SharedV4ProviderMetadata | undefined): void {
    if (this.#open && metadata) this.#open.state = { ...this.#open.state, ...metadata };
  }

  #close(): BlockEvent[] {
    if (!this.#open) return [];
    const closed: BlockEvent = { type: "close", block: this.#open };
    const waiting = this.#waiting;
    this.#open = null;
    this.#waiting = [];
    return [closed, ...waiting.flatMap((part) => this.take(part))];
  }
}

function isOf(part: Part, callId: string): boolean {
  if (part.type === "tool-call") return part.toolCallId === callId;
  return part.type.startsWith("tool-input") && "id" in part && part.id === callId;
}

function isOfBlock(part: Part): boolean {
  return /^(?:text|reasoning|tool)-/.test(part.type);
}

/** The blocks of an answer that came whole. */
export function blocksOf(content: readonly LanguageModelV4Content[]): Block[] {
  const parts = content.flatMap((part): Omit<Block, "index">[] => {
    const state = part.providerMetadata ?? {};
    if (part.type === "text" || part.type === "reasoning")
      return [{ kind: part.type, id: "", name: "", text: part.text, state }];
    if (part.type !== "tool-call") return [];
    return [{ kind: "call", id: part.toolCallId, name: part.toolName, text: part.input, state }];
  });
  return parts.map((block, index) => ({ ...block, index }));
}
