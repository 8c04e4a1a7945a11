import type {
  LanguageModelV4,
  LanguageModelV4Content,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";
import type { GatewayDeps } from "../deps.ts";
import type { CallOptions } from "../dialect.ts";
import { CallError, failure } from "../errors.ts";
import type { Target } from "../translate.ts";
import { countTexts, countTokens } from "../usage.ts";
import { type DemoPiece, planAnswer } from "./plan.ts";
import { messagesOf, toolsOf } from "./prompt.ts";

const PIECE_CHARACTERS = 4;

type Part = LanguageModelV4StreamPart;

/** The demo model as one more model behind the common interface. */
export function demoTarget(modelId: string, deps: GatewayDeps): Target {
  return {
    model: demoModel(modelId, deps),
    name: "The demo model",
    price: null,
    isRemote: false,
    key: null,
    prepare: async (options) => ({ options, warnings: [] }),
  };
}

/** Answers whole, or streams in small pieces. A `fail:` at the very start, or anywhere in a whole answer, is thrown. */
function demoModel(modelId: string, deps: GatewayDeps): LanguageModelV4 {
  return {
    specificationVersion: "v4",
    provider: "demo",
    modelId,
    supportedUrls: { "*/*": [/./] },
    async doGenerate(options) {
      const pieces = planOf(options);
      for (const piece of pieces) {
        if (piece.type === "fail") throw errorOf(piece);
        if (piece.type === "wait") await deps.sleep(piece.seconds * 1000);
      }
      return {
        content: contentOf(pieces),
        finishReason: finishOf(pieces),
        usage: usageOf(options, pieces),
        warnings: [],
      };
    },
    async doStream(options) {
      const pieces = planOf(options);
      if (pieces[0]?.type === "fail") throw errorOf(pieces[0]);
      return { stream: streamOf(stepsOf(pieces, usageOf(options, pieces)), deps) };
    },
  };
}

const planOf = (options: CallOptions) => planAnswer(messagesOf(options.prompt), toolsOf(options));

const errorOf = (piece: Extract<DemoPiece, { type: "fail" }>) =>
  new CallError(failure({ code: "upstream_failed", detail: piece.text }));

const textIn = (piece: DemoPiece): string => ("text" in piece && piece.type !== "fail" ? piece.text : "");

function contentOf(pieces: readonly DemoPiece[]): LanguageModelV4Content[] {
  const joined = (type: "text" | "reasoning") => {
    const text = pieces.map((piece) => (piece.type === type ? textIn(piece) : "")).join("");
    return text === "" ? [] : [{ type, text }];
  };
  return [
    ...joined("reasoning"),
    ...joined("text"),
    ...pieces.flatMap((piece) => (piece.type === "call" ? [callOf(piece)] : [])),
  ];
}

function callOf(piece: Extract<DemoPiece, { type: "call" }>) {
  const { name, args } = piece.call;
  return { type: "tool-call" as const, toolCallId: piece.id, toolName: name, input: JSON.stringify(args) };
}

function finishOf(pieces: readonly DemoPiece[]) {
  const unified = pieces.some((piece) => piece.type === "call") ? ("tool-calls" as const) : ("stop" as const);
  return { unified, raw: unified };
}

function usageOf(options: CallOptions, pieces: readonly DemoPiece[]): LanguageModelV4Usage {
  const output = pieces.map((piece) => (piece.type === "call" ? JSON.stringify(piece.call) : textIn(piece)));
  const input = countTexts(messagesOf(options.prompt).map((message) => message.text));
  const total = countTokens(output.join(""));
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total, text: total, reasoning: undefined },
  };
}

/** One part of the stream, or a pause in it; `pace` is the pause between two pieces. */
type Step = { part: Part } | { pauseMs: number | "pace" };

function* stepsOf(pieces: readonly DemoPiece[], usage: LanguageModelV4Usage): Generator<Step> {
  yield { part: { type: "response-metadata" } };
  for (const [at, piece] of pieces.entries()) {
    if (piece.type === "fail") return yield { part: { type: "error", error: errorOf(piece) } };
    if (piece.type === "wait") yield { pauseMs: piece.seconds * 1000 };
    else if (piece.type === "call") yield { part: callOf(piece) };
    else yield* textSteps(piece, String(at));
  }
  yield { part: { type: "finish", finishReason: finishOf(pieces), usage } };
}

function* textSteps({ type, text }: Extract<DemoPiece, { type: "text" | "reasoning" }>, id: string): Generator<Step> {
  yield { part: { type: `${type}-start`, id } };
  for (const delta of smallParts(text)) {
    yield { part: { type: `${type}-delta`, id, delta } };
    yield { pauseMs: "pace" };
  }
  yield { part: { type: `${type}-end`, id } };
}

function streamOf(steps: Generator<Step>, deps: GatewayDeps): ReadableStream<Part> {
  return new ReadableStream<Part>(
    {
      async pull(controller) {
        const part = await nextPart(steps, deps);
        if (part) controller.enqueue(part);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The next part after the pauses before it; null at the end. */
async function nextPart(steps: Generator<Step>, deps: GatewayDeps): Promise<Part | null> {
  for (let step = steps.next(); !step.done; step = steps.next()) {
    if ("part" in step.value) return step.value.part;
    const pauseMs = step.value.pauseMs === "pace" ? deps.demoPaceMs : step.value.pauseMs;
    if (pauseMs > 0) await deps.sleep(pauseMs);
  }
  return null;
}

/** A text in parts of a few characters; a character is never cut in two. */
function smallParts(text: string): string[] {
  const characters = [...text];
  const parts: string[] = [];
  for (let at = 0; at < characters.length; at += PIECE_CHARACTERS)
    parts.push(characters.slice(at, at + PIECE_CHARACTERS).join(""));
  return parts;
}
