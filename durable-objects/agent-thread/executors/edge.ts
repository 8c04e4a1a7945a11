import type { Problem } from "#contract/problem";
import { promptContent } from "../attachments.ts";
import { type Call, callsOf, resultsMessage, updateCall } from "../calls.ts";
import { recallEarlier } from "../history.ts";
import { record } from "../recorder/recorder.ts";
import { callRequest } from "../recorder/request.ts";
import { suggestTitle } from "../title.ts";
import { advanceCall } from "./edge-call.ts";
import { modelStep } from "./edge-model.ts";
import type { Executor, ExecutorFactory, RunContext } from "./executor.ts";
import { failRun } from "./run-failure.ts";

/** Model steps a run may take. */
export const MAX_STEPS = 100;
/** How often a run is taken up again after its loop was lost, before it counts as the cause. */
export const MAX_RESUMPTIONS = 20;

/**
 * The agent loop inside the thread. Every turn of it begins with what is stored and ends with something stored: a model
 * step with its calls, a call with its result, a step's results given to the model. So it can be lost at any await.
 */
export const edgeExecutor: ExecutorFactory = (context): Executor => ({
  async start() {
    await keepPrompt(context);
    await advance(context);
  },
  async resume(checkpoint) {
    if (checkpoint.resumptions > MAX_RESUMPTIONS) {
      failRun(context, "resume_limit", {
        code: "limit_exceeded",
        detail: `The run was lost and taken up again ${MAX_RESUMPTIONS} times.`,
        limit: "resumptions",
      });
      return;
    }
    await keepPrompt(context);
    await recover(context);
    await advance(context);
  },
  steer: () => undefined,
  async cancel() {
    const { steps } = context.row();
    const running = callsOf(context.store, context.runId, steps).filter((call) => call.itemId !== null);
    const sandbox = context.world.sandbox(context.order);
    await Promise.all(running.flatMap((call) => (call.itemId && isProcess(call) ? [sandbox.kill(call.itemId)] : [])));
  },
});

/** What the run was asked, once: also where the loop was lost before it was stored. */
async function keepPrompt(context: RunContext): Promise<void> {
  const { store, order, runId, world } = context;
  const kept = () => store.messages().some((one) => one.runId === runId);
  if (kept()) return;
  await recallEarlier(context);
  const content = await promptContent(world, order, order.prompt);
  const contextTokens = order.run.replayOf
    ? ((await context.replay())?.contextTokens ?? null)
    : await world.contextTokens(order);
  if (!context.live() || kept()) return;
  store.together(() => {
    store.updateRun(runId, { contextTokens });
    const again = order.run.retryOf ? store.takeBack(order.run.retryOf) : [];
    store.addMessage(runId, { role: "user", content });
    for (const message of again) store.addMessage(runId, message);
  });
}

const isProcess = (call: Call): boolean => ["bash", "glob", "grep"].includes(call.tool) && call.state === "running";

async function advance(context: RunContext): Promise<void> {
  while (context.live()) {
    const moved = await advanceOnce(context);
    if (moved === "waits") return;
  }
}

async function advanceOnce(context: RunContext): Promise<"goes_on" | "waits"> {
  const { groupId, steps } = context.row();
  const calls = groupId === null ? [] : callsOf(context.store, context.runId, steps);
  const next = calls.find((call) => call.state !== "settled");
  if (next) return advanceCall(context, next);
  if (groupId !== null) await closeStep(context, groupId, calls);
  else if (isAnswered(context)) await conclude(context);
  else if (steps >= MAX_STEPS) failRun(context, "step_limit", stepLimit());
  else await modelStep(context);
  return "goes_on";
}

/** Gives a step's results to the model and closes its group. */
async function closeStep(context: RunContext, groupId: string, calls: Call[]): Promise<void> {
  const { store, runId, reporter } = context;
  const changed = calls.some((call) => ["bash", "write", "edit"].includes(call.tool) && call.itemId !== null);
  const changes =
    changed && context.order.run.replayOf === null ? await context.world.sandbox(context.order).changes() : null;
  if (!context.live()) return;
  store.together(() => {
    if (calls.length > 0) store.addMessage(runId, resultsMessage(calls));
    if (changes?.ok) reporter.report({ type: "changes.changed", files: changes.value.files.length });
    reporter.report({ type: "group.closed", groupId });
    store.updateRun(runId, { groupId: null });
  });
}

/** Whether the model has said its last word of this run, and nobody has said anything since. */
function isAnswered(context: RunContext): boolean {
  const last = context.store.messages().at(-1);
  if (last?.runId !== context.runId || last.message.role !== "assistant") return false;
  return !context.store.hasSteers(context.runId);
}

async function conclude(context: RunContext): Promise<void> {
  const title = context.order.wantsTitle ? await suggestTitle(context) : undefined;
  const replay = await context.replay();
  if (!context.live()) return;
  const end = replay?.end();
  if (end && !end.ok) return failRun(context, "diverged", end.problem);
  // Somebody may have said more while the title was made: then the last word is not said yet.
  if (context.store.hasSteers(context.runId)) return;
  context.finish({
    status: "succeeded",
    stopReason: replay ? "replayed" : "completed",
    problem: null,
    ...(title ? { title } : {}),
  });
}

/**
 * Settles what was under way when the loop was lost. A call that had begun is not begun again: what it did is unknown, and
 * the model is told so. A half answer ends as it is, and the model is asked again.
 */
async function recover(context: RunContext): Promise<void> {
  const { store, reporter, runId } = context;
  const { steps, groupId } = context.row();
  const calls = groupId === null ? [] : callsOf(store, runId, steps);
  const begun = await Promise.all(
    calls
      .filter((one) => one.state === "running")
      .map(async (call) => ({ call, request: await callRequest({ tool: call.tool, args: call.input }) })),
  );
  if (!context.live()) return;
  const response = { status: "interrupted" as const, result: INTERRUPTED, text: "", detail: {} };
  store.together(() => {
    for (const { call, request } of begun) {
      if (call.itemId) reporter.complete(call.itemId, { status: "interrupted" });
      updateCall(store, call, { state: "settled", result: INTERRUPTED });
      record(store, runId, { request, response, startedAt: Date.now() });
    }
    if (calls.length > 0 || groupId === null) return;
    reporter.completeAll("interrupted");
    reporter.report({ type: "group.closed", groupId });
    store.updateRun(runId, { groupId: null });
  });
}

const INTERRUPTED =
  "Interrupted: the connection to this call was lost before its result came. It may have taken effect; check before you repeat it.";

const stepLimit = (): Problem => ({
  code: "limit_exceeded",
  detail: `The run took ${MAX_STEPS} steps without coming to an end. Say how to go on, and it continues in a new run.`,
  limit: `${MAX_STEPS} steps per run`,
});
