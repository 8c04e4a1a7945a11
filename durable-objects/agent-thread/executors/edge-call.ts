import { type Approval, ASK_TTL_MS } from "#contract/ask";
import { LIMITS } from "#contract/limits";
import { isoTime } from "#platform/clock";
import { newId } from "#platform/new-id";
import { needsApproval, patternOf, summaryOf } from "../autonomy.ts";
import { type Call, updateCall } from "../calls.ts";
import { digestOf } from "../digest.ts";
import { record } from "../recorder/recorder.ts";
import { callRequest } from "../recorder/request.ts";
import { findTool } from "../tools/catalog.ts";
import { askInput } from "../tools/people.ts";
import type { Tool, ToolOutcome } from "../tools/tool.ts";
import { shortArgs, truncate } from "../tools/truncate.ts";
import type { RunContext } from "./executor.ts";
import { replayCall } from "./replay-call.ts";

/** Moves one call on by one stored step. `waits` where a person must act first. */
export async function advanceCall(context: RunContext, call: Call): Promise<"goes_on" | "waits"> {
  if (call.state === "asking") return "waits";
  const use = checkedUse(call);
  if ("refusal" in use) {
    refuseCall(context, call, use.refusal);
    return "goes_on";
  }
  const replay = await context.replay();
  if (replay) {
    await replayCall(context, { replay, call, open: () => openCallItem(context, use) });
    return "goes_on";
  }
  if (use.tool.name === "ask") return askQuestion(context, call, use);
  const mustAsk =
    call.state === "pending" &&
    needsApproval(context.order.run.autonomy, { tool: use.tool.name, args: use.args }, allowedNow(context));
  if (mustAsk) return askApproval(context, call, use);
  await runCall(context, call, use);
  return "goes_on";
}

interface Use {
  tool: Tool;
  args: Record<string, unknown>;
}

function checkedUse(call: Call): Use | { refusal: string } {
  const tool = findTool(call.tool);
  if (!tool) return { refusal: `Error: there is no tool ${call.tool}.` };
  const parsed = tool.input.safeParse(call.input);
  if (parsed.success) return { tool, args: parsed.data as Record<string, unknown> };
  const why = parsed.error.issues.map((issue) => `${issue.path.join(".") || "arguments"}: ${issue.message}`);
  return { refusal: `Error: the arguments of ${call.tool} are not valid. ${why.join("; ")}.` };
}

/** What the order allowed, and what people have allowed for always since. */
function allowedNow(context: RunContext) {
  return [...context.order.allowed, ...context.store.allowed()];
}

function refuseCall(context: RunContext, call: Call, refusal: string): void {
  const { store, reporter } = context;
  store.together(() => {
    const groupId = context.row().groupId;
    const itemId = reporter.open({ kind: "tool_call", title: call.tool, detail: { tool: call.tool }, groupId });
    reporter.complete(itemId, { status: "failed", text: refusal });
    updateCall(store, call, { state: "settled", result: refusal });
  });
}

function openCallItem(context: RunContext, use: Use, extra: { questionId?: string; approvalId?: string } = {}): string {
  return context.reporter.open({
    kind: use.tool.kind,
    title: use.tool.title(use.args),
    detail: { tool: use.tool.name, args: shortArgs(use.args), ...use.tool.detail(use.args), ...extra },
    groupId: context.row().groupId,
  });
}

function askQuestion(context: RunContext, call: Call, use: Use): "waits" {
  const { store, reporter, runId } = context;
  const args = askInput.parse(use.args);
  const questionId = newId("question");
  const now = Date.now();
  store.together(() => {
    const itemId = openCallItem(context, use, { questionId });
    updateCall(store, call, { state: "asking", itemId, askId: questionId });
    reporter.report({
      type: "question.asked",
      question: {
        id: questionId,
        runId,
        itemId,
        text: args.question,
        options: (args.options ?? []).map((label) => ({ label })),
        multiple: args.multiple ?? false,
        allowCustom: true,
        status: "pending",
        answers: [],
        answeredBy: null,
        askedAt: isoTime(now),
        expiresAt: isoTime(now + ASK_TTL_MS),
      },
    });
    context.wait("question");
  });
  return "waits";
}

async function askApproval(context: RunContext, call: Call, use: Use): Promise<"goes_on" | "waits"> {
  const { store, reporter, runId } = context;
  const digest = await digestOf({ runId, tool: use.tool.name, args: call.input });
  if (!context.live()) return "waits";
  const seen = { tool: use.tool.name, args: use.args };
  const now = Date.now();
  store.together(() => {
    const approvalId = newId("approval");
    const itemId = openCallItem(context, use, { approvalId });
    const approval: Approval = {
      id: approvalId,
      runId,
      itemId,
      tool: use.tool.name,
      summary: summaryOf(seen).slice(0, 4_000),
      args: shortArgs(use.args),
      digest,
      pattern: patternOf(seen),
      status: "pending",
      scope: null,
      decidedBy: null,
      reason: null,
      requestedAt: isoTime(now),
      expiresAt: isoTime(now + ASK_TTL_MS),
    };
    updateCall(store, call, { state: "asking", itemId, askId: approvalId });
    reporter.report({ type: "approval.requested", approval });
    context.wait("approval");
  });
  return "waits";
}

/**
 * Runs a call, once the conversation holds the item that tells of it: what is done can always be seen. `running` is stored
 * before it begins and the result in one commit with the end of its item.
 */
async function runCall(context: RunContext, call: Call, use: Use): Promise<void> {
  const { store, reporter } = context;
  const itemId = store.together(() => {
    const id = call.itemId ?? openCallItem(context, use);
    updateCall(store, call, { itemId: id });
    return id;
  });
  const [request] = await Promise.all([callRequest({ tool: call.tool, args: call.input }), context.stored()]);
  if (!context.live()) return;
  updateCall(store, call, { state: "running", itemId });
  const startedAt = Date.now();
  const outcome = await runTool(context, use, itemId);
  if (!context.live()) return;
  const shown = await shownText(context, itemId, outcome);
  if (!context.live()) return;
  const result = truncate(outcome.result, LIMITS.inlineOutputBytes).text;
  store.together(() => {
    reporter.complete(itemId, {
      status: outcome.status,
      ...shown,
      ...(outcome.detail ? { detail: outcome.detail } : {}),
    });
    updateCall(store, call, { state: "settled", itemId, result });
    const { status, detail = {} } = outcome;
    record(store, context.runId, { request, response: { status, result, text: shown.text, detail }, startedAt });
  });
}

async function runTool(context: RunContext, use: Use, itemId: string): Promise<ToolOutcome> {
  try {
    return await use.tool.run(use.args, {
      itemId,
      sandbox: context.world.sandbox(context.order),
      grow: (text) => {
        if (context.live()) context.reporter.grow(itemId, text);
      },
      signal: context.signal,
    });
  } catch {
    return { status: "failed", result: `Error: ${use.tool.name} broke.` };
  }
}

/** An output's head and tail, and where the whole can be read when it is longer than that. */
async function shownText(context: RunContext, itemId: string, outcome: ToolOutcome) {
  const whole = outcome.text ?? outcome.result;
  const { text, totalBytes, omittedBytes } = truncate(whole, LIMITS.inlineOutputBytes);
  if (omittedBytes === 0) return { text };
  const kept = await context.world.keepOutput(context.order, itemId, whole);
  return { text, truncation: kept.ok ? { totalBytes, omittedBytes, href: kept.value } : null };
}
