import { closeCall, type GatewayCall } from "../call.ts";
import { type ChatRequest, toolsOf } from "../chat-request.ts";
import { errorBody, errorResponse, failure } from "../errors.ts";
import { eventStream } from "../relay.ts";
import { once } from "../stream.ts";
import { countPrompt, countTokens, type TokenCounts } from "../usage.ts";
import { type DemoPiece, planAnswer } from "./plan.ts";

const PIECE_UNITS = 4;

type Fail = Extract<DemoPiece, { type: "fail" }>;

/** Answers a call with the demo model, whole or streamed in small pieces. A `fail:` at the very start is an HTTP error. */
export async function answerDemo(call: GatewayCall, request: ChatRequest): Promise<Response> {
  const pieces = planAnswer(request.messages, toolsOf(request));
  const failAt = pieces.findIndex((piece) => piece.type === "fail");
  const broken = pieces[failAt] as Fail | undefined;
  if (broken && (failAt === 0 || !call.stream)) return failWith(call, broken);
  const tokens = countAnswer(request, pieces);
  return call.stream ? streamAnswer(call, pieces, tokens) : wholeAnswer(call, pieces, tokens);
}

async function failWith(call: GatewayCall, piece: Fail): Promise<Response> {
  const why = failure({ code: "upstream_failed", detail: piece.text });
  await closeCall(call, { outcome: "failed", tokens: null, status: why.status, code: why.problem.code });
  return errorResponse(why);
}

function countAnswer(request: ChatRequest, pieces: readonly DemoPiece[]): TokenCounts {
  const output = pieces.map((piece) => (piece.type === "call" ? JSON.stringify(piece.call) : textIn(piece)));
  return {
    inputTokens: countPrompt(request.messages),
    outputTokens: countTokens(output.join("")),
    cachedTokens: 0,
  };
}

const textIn = (piece: DemoPiece): string => ("text" in piece && piece.type !== "fail" ? piece.text : "");

async function wholeAnswer(call: GatewayCall, pieces: readonly DemoPiece[], tokens: TokenCounts): Promise<Response> {
  const joined = (type: DemoPiece["type"]) =>
    pieces.map((piece) => (piece.type === type ? textIn(piece) : "")).join("");
  const calls = pieces.flatMap((piece) => (piece.type === "call" ? [toolCallOf(piece)] : []));
  const reasoning = joined("reasoning");
  const message = {
    role: "assistant",
    content: joined("text") || null,
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  for (const piece of pieces) if (piece.type === "wait") await call.deps.sleep(piece.seconds * 1000);
  await closeCall(call, { outcome: "complete", tokens, status: 200 });
  const choice = { index: 0, message, finish_reason: calls.length > 0 ? "tool_calls" : "stop" };
  const head = {
    id: call.id,
    object: "chat.completion",
    created: Math.floor(call.startedAt / 1000),
    model: call.model,
  };
  return Response.json({ ...head, choices: [choice], usage: usageBody(tokens) });
}

function toolCallOf(piece: Extract<DemoPiece, { type: "call" }>) {
  const { name, args } = piece.call;
  return { id: piece.id, type: "function", function: { name, arguments: JSON.stringify(args) } };
}

const usageBody = (tokens: TokenCounts) => ({
  prompt_tokens: tokens.inputTokens,
  completion_tokens: tokens.outputTokens,
  total_tokens: tokens.inputTokens + tokens.outputTokens,
  prompt_tokens_details: { cached_tokens: tokens.cachedTokens },
});

/** One event of the stream, or a pause in it. */
type Step = { pauseMs: number } | { event: unknown };

function streamAnswer(call: GatewayCall, pieces: readonly DemoPiece[], tokens: TokenCounts): Response {
  const steps = stepsOf(call, pieces, tokens);
  const encoder = new TextEncoder();
  let sentUnits = 0;
  let gone = false;
  const end = once((outcome: "complete" | "client_gone") => {
    const outputTokens = outcome === "complete" ? tokens.outputTokens : Math.ceil(sentUnits / 4);
    return closeCall(call, { outcome, tokens: { ...tokens, outputTokens }, status: 200 });
  });
  const leave = async () => {
    gone = true;
    await end("client_gone");
  };
  call.client.addEventListener("abort", () => void leave());
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const event = await nextEvent(steps, call.deps.sleep);
        if (gone) return;
        if (event !== null) {
          sentUnits += PIECE_UNITS;
          controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
          return;
        }
        await end("complete");
        controller.enqueue(encoder.encode("data: [DONE]\n\n"));
        controller.close();
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
  return eventStream(body);
}

/** The next event after the pauses before it; null at the end. */
async function nextEvent(steps: Generator<Step>, sleep: (ms: number) => Promise<void>): Promise<unknown> {
  for (const step of { [Symbol.iterator]: () => ({ next: () => steps.next() }) }) {
    if ("event" in step) return step.event;
    if (step.pauseMs > 0) await sleep(step.pauseMs);
  }
  return null;
}

function* stepsOf(call: GatewayCall, pieces: readonly DemoPiece[], tokens: TokenCounts): Generator<Step> {
  const created = Math.floor(call.startedAt / 1000);
  const head = { id: call.id, object: "chat.completion.chunk", created, model: call.model };
  const chunk = (delta: object, finish: string | null = null) => ({
    event: { ...head, choices: [{ index: 0, delta, finish_reason: finish }] },
  });
  yield chunk({ role: "assistant", content: "" });
  for (const piece of pieces) {
    if (piece.type === "fail") {
      yield { event: errorBody({ code: "upstream_failed", detail: piece.text }) };
      return;
    }
    if (piece.type === "wait") yield { pauseMs: piece.seconds * 1000 };
    for (const delta of deltasOf(piece)) {
      yield chunk(delta);
      yield { pauseMs: call.deps.demoPaceMs };
    }
  }
  yield chunk({}, pieces.some((piece) => piece.type === "call") ? "tool_calls" : "stop");
  yield { event: { ...head, choices: [], usage: usageBody(tokens) } };
}

function deltasOf(piece: DemoPiece): object[] {
  if (piece.type === "call") return [{ tool_calls: [{ index: 0, ...toolCallOf(piece) }] }];
  const field = piece.type === "reasoning" ? "reasoning_content" : "content";
  return smallParts(textIn(piece)).map((part) => ({ [field]: part }));
}

/** A text in parts of a few characters; a character is never cut in two. */
function smallParts(text: string): string[] {
  const characters = [...text];
  const parts: string[] = [];
  for (let at = 0; at < characters.length; at += PIECE_UNITS)
    parts.push(characters.slice(at, at + PIECE_UNITS).join(""));
  return parts;
}
