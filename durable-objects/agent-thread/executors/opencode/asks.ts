import { type Approval, ASK_TTL_MS, type Question } from "#contract/ask";
import { isoTime } from "#platform/clock";
import { newId } from "#platform/new-id";
import { type Call, callsOf, insertCall, updateCall } from "../../calls.ts";
import { digestOf } from "../../digest.ts";
import { shortTitle } from "../../tools/tool.ts";
import { shortArgs } from "../../tools/truncate.ts";
import type { RunContext } from "../executor.ts";
import type { OpenCodeClient } from "./client.ts";
import { maskTokens } from "./mask-tokens.ts";
import { type AskedUse, askedUse, mustAsk } from "./policy.ts";
import type { OpenAsk, OpenCodeState } from "./state.ts";
import type { Transcript } from "./transcript.ts";
import type { PermissionRequest, QuestionRequest } from "./wire.ts";

/** Asks of OpenCode are calls outside of any model step of ours. */
const ASK_STEP = -1;

export interface Asking {
  context: RunContext;
  state: OpenCodeState;
  transcript: Transcript;
  client: OpenCodeClient;
}

/** Answers a permission by the run's autonomy and what people allowed, or asks them. */
export async function takePermission(
  asking: Asking,
  request: PermissionRequest,
  about: { key: string; root: string },
): Promise<void> {
  const { context, state, client } = asking;
  if (state.knowsAsk(request.id)) return;
  const use = askedUse(request, about.root);
  const { order, store, runId } = context;
  const digest = await digestOf({ runId, tool: use.tool, args: use.args });
  if (!context.live()) return;
  const allowed = [...order.allowed, ...store.allowed()];
  if (!mustAsk(order.run.autonomy, use, allowed) || state.takeGrant(digest)) {
    await client.replyPermission(request.id, { reply: "once" });
    return;
  }
  requestApproval(asking, { request, use, digest, key: about.key });
}

function requestApproval(
  { context, state, transcript }: Asking,
  ask: { request: PermissionRequest; use: AskedUse; digest: string; key: string },
): void {
  const { store, reporter, runId } = context;
  const { use, request, key } = ask;
  const now = Date.now();
  store.together(() => {
    const itemId = state.kept(key)?.id ?? "";
    const approval: Approval = {
      id: newId("approval"),
      runId,
      itemId,
      tool: use.tool,
      summary: maskTokens(use.summary).slice(0, 4_000),
      args: shortArgs(use.args, 20_000),
      digest: ask.digest,
      pattern: use.pattern,
      status: "pending",
      scope: null,
      decidedBy: null,
      reason: null,
      requestedAt: isoTime(now),
      expiresAt: isoTime(now + ASK_TTL_MS),
    };
    state.addAsk({ requestId: request.id, kind: "permission", key });
    beginAsking(context, { toolCallId: request.id, tool: use.tool, input: use.args, itemId, askId: approval.id });
    transcript.describe(key, { approvalId: approval.id });
    reporter.report({ type: "approval.requested", approval });
    waitFor(context, "approval");
  });
}

/** Asks people what OpenCode asks, each question for itself. */
export function takeQuestion(asking: Asking, request: QuestionRequest, parent: string | null): void {
  const { context, state, transcript } = asking;
  if (state.knowsAsk(request.id) || request.questions.length === 0) return;
  context.store.together(() => {
    state.addAsk({ requestId: request.id, kind: "question", key: request.id });
    request.questions.forEach((one, index) => {
      const id = newId("question");
      const itemId = transcript.openItem({
        key: `${request.id}#${index}`,
        parent,
        kind: "question",
        title: shortTitle(one.question),
        detail: { tool: "question", questionId: id },
      });
      beginAsking(context, { toolCallId: request.id, tool: "question", input: one, itemId, askId: id });
      context.reporter.report({ type: "question.asked", question: questionOf(context, one, { id, itemId }) });
    });
    waitFor(context, "question");
  });
}

function questionOf(
  context: RunContext,
  one: QuestionRequest["questions"][number],
  ids: { id: string; itemId: string },
): Question {
  const now = Date.now();
  return {
    ...ids,
    runId: context.runId,
    text: maskTokens(one.question).slice(0, 8_000),
    options: one.options.slice(0, 20).map(({ label, description }) => ({
      label: label.slice(0, 500),
      ...(description && description !== label ? { description: description.slice(0, 2_000) } : {}),
    })),
    multiple: one.multiple ?? false,
    allowCustom: one.custom ?? true,
    status: "pending",
    answers: [],
    answeredBy: null,
    askedAt: isoTime(now),
    expiresAt: isoTime(now + ASK_TTL_MS),
  };
}

function beginAsking(
  { store, runId }: RunContext,
  ask: { toolCallId: string; tool: string; input: unknown; itemId: string; askId: string },
): void {
  const { toolCallId, tool, input, itemId, askId } = ask;
  const position = callsOf(store, runId, ASK_STEP).length;
  insertCall(store, { runId, step: ASK_STEP, position, toolCallId, tool, input });
  const call = callsOf(store, runId, ASK_STEP).at(-1);
  if (call) updateCall(store, call, { state: "asking", itemId, askId });
}

/** The working clock stops with the first thing that waits for a person. */
export function waitFor(context: RunContext, reason: "approval" | "question"): void {
  if (context.row().phase === "working") context.wait(reason);
}

export function callsOfAsk({ store, runId }: RunContext, ask: OpenAsk): Call[] {
  return callsOf(store, runId, ASK_STEP).filter((call) => call.toolCallId === ask.requestId);
}

/** What people have not decided yet. */
export function undecided(context: RunContext, state: OpenCodeState): OpenAsk[] {
  return state.openAsks().filter((ask) => callsOfAsk(context, ask).some((call) => call.state === "asking"));
}

/**
 * Gives OpenCode what people decided. True where it does not know what was asked: then it has lost the call, or heard the
 * answer before. A refusal carries words, since one without ends OpenCode's turn; so does a question that nobody answers.
 */
export async function deliverDecisions({ context, state, client }: Asking): Promise<boolean> {
  const waiting = new Set(undecided(context, state).map((ask) => ask.requestId));
  let unknown = false;
  for (const ask of state.openAsks().filter((one) => !waiting.has(one.requestId))) {
    const calls = callsOfAsk(context, ask);
    const known = ask.kind === "question" ? await answer(client, ask, calls) : await decide(client, ask, calls);
    if (known) state.askReplied(ask.requestId);
    else unknown = true;
  }
  return unknown;
}

function answer(client: OpenCodeClient, ask: OpenAsk, calls: Call[]): Promise<boolean> {
  return client.replyQuestion(
    ask.requestId,
    calls.map((call) => (call.result ?? "").split("\n")),
  );
}

function decide(client: OpenCodeClient, ask: OpenAsk, calls: Call[]): Promise<boolean> {
  const refused = calls.find((call) => call.state !== "approved");
  if (!refused) return client.replyPermission(ask.requestId, { reply: "once" });
  return client.replyPermission(ask.requestId, { reply: "reject", message: refused.result ?? "Denied by a person." });
}
