import type { ThreadStore } from "../store.ts";
import { MAX_RESUMPTIONS } from "./edge.ts";
import type { Executor, ExecutorFactory, RunContext } from "./executor.ts";
import { OpenCodeClient, OpenCodeGone } from "./opencode/client.ts";
import { Drive } from "./opencode/drive.ts";
import { SERVICE } from "./opencode/server.ts";
import { OpenCodeState } from "./opencode/state.ts";
import { failRun } from "./run-failure.ts";

const AGAIN_MS = 500;
/** A session that has not stopped by then is stopped with its server. */
const ABORT_MS = 1_200;
const ABORT_POLL_MS = 100;

/**
 * OpenCode's own loop, in the sandbox: this side starts its server, gives it the prompt, shows what it does and passes questions
 * and permissions on. OpenCode's session is one half of the state and the thread's rows are the other; a loop that was lost reads
 * both and goes on without saying or showing anything twice.
 */
export const openCodeExecutor: ExecutorFactory = (context): Executor => {
  const hand: { wake: () => void } = { wake: () => undefined };
  const work = () => driveOn(context, hand);
  const cancel = () => {
    const stopped = stopWork(context);
    stopping.set(
      context.store,
      stopped.catch(() => undefined),
    );
    return stopped;
  };
  return { start: work, resume: work, steer: () => hand.wake(), cancel };
};

/** What a thread still stops. Its next run begins after that: neither its token nor its server is taken from it. */
const stopping = new WeakMap<ThreadStore, Promise<void>>();

async function driveOn(context: RunContext, hand: { wake: () => void }): Promise<void> {
  await stopping.get(context.store);
  while (context.live()) {
    if (context.row().resumptions > MAX_RESUMPTIONS) return failRun(context, "resume_limit", resumeLimit());
    try {
      await Drive.run(context, hand);
      return;
    } catch (error) {
      if (!(error instanceof OpenCodeGone)) throw error;
    }
    if (!context.live()) return;
    context.store.updateRun(context.runId, { resumptions: context.row().resumptions + 1 });
    await pause(AGAIN_MS);
  }
}

const resumeLimit = () => ({
  code: "limit_exceeded" as const,
  detail: `The run was lost and taken up again ${MAX_RESUMPTIONS} times.`,
  limit: "resumptions",
});

/** Stops what OpenCode does for the run, its commands included, within two seconds. */
async function stopWork(context: RunContext): Promise<void> {
  const sandbox = context.world.sandbox(context.order);
  const sessionId = new OpenCodeState(context.store, context.runId).session();
  if (sessionId === null) return;
  const client = new OpenCodeClient(sandbox.service(SERVICE));
  const late = AbortSignal.timeout(ABORT_MS);
  const stopped = await Promise.race([abort(client, sessionId, late), pause(ABORT_MS).then(() => false)]);
  if (!stopped) await sandbox.endService(SERVICE);
}

/** Whether the session stopped, and its token is gone, before it was too late: then nothing more is asked. */
async function abort(client: OpenCodeClient, sessionId: string, late: AbortSignal): Promise<boolean> {
  try {
    await client.abort(sessionId);
    while (!late.aborted && (await client.isBusy(sessionId))) await pause(ABORT_POLL_MS);
    if (!late.aborted) await client.dropToken();
    return !late.aborted;
  } catch (error) {
    if (error instanceof OpenCodeGone) return false;
    throw error;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
