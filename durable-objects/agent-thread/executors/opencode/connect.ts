import type { Problem, Result } from "#contract/problem";
import { newId } from "#platform/new-id";
import type { ServiceState } from "#platform/rpc";
import type { RunContext } from "../executor.ts";
import { failRun } from "../run-failure.ts";
import { OpenCodeClient } from "./client.ts";
import { openCodeService, SERVICE } from "./server.ts";
import type { OpenCodeState } from "./state.ts";

const POLL_MS = 500;
const RETRY_MS = 1_000;
const MAX_FAILURES = 3;

/** A client of the server in the sandbox, started where it does not run; null where the run has ended over it. */
export async function connect(context: RunContext): Promise<OpenCodeClient | null> {
  const { world, order } = context;
  const known = await world.models(order);
  const { model } = order.run;
  const models = known.some((one) => one.id === model) ? known : [...known, { id: model, images: false }];
  const sandbox = world.sandbox(order);
  const started = await start(context, () => sandbox.ensureService(openCodeService({ ...world.gateway(), models })));
  if (!context.live()) return null;
  if (started.ok) return new OpenCodeClient(sandbox.service(SERVICE));
  failRun(context, "sandbox_failed", started.problem);
  return null;
}

type Ensure = () => Promise<Result<ServiceState>>;

/** Asks until the server runs, and shows what that waits for. The problem where it will not. */
async function start(context: RunContext, ensure: Ensure): Promise<Result<ServiceState>> {
  const progress = new Progress(context);
  let state = await patiently(ensure);
  while (context.live() && state.ok && state.value.state === "preparing") {
    progress.show(state.value.detail);
    await pause(POLL_MS);
    state = await patiently(ensure);
  }
  if (context.live()) progress.end(state.ok ? "completed" : "failed");
  return state;
}

/** Asks again after what may pass. */
async function patiently(ensure: Ensure): Promise<Result<ServiceState>> {
  let state = await ensure();
  for (let failures = 1; failures < MAX_FAILURES && !state.ok && mayPass(state.problem); failures++) {
    await pause(RETRY_MS);
    state = await ensure();
  }
  return state;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A sandbox that was stopped or lost while its server started is soon there again. */
function mayPass({ code, retryAfterS }: Problem): boolean {
  return code === "conflict" || (code === "unavailable" && retryAfterS !== undefined);
}

/** The step people see while OpenCode is fetched. Most runs have none. */
class Progress {
  readonly #context: RunContext;
  #open: { itemId: string; groupId: string } | null = null;

  constructor(context: RunContext) {
    this.#context = context;
  }

  show(title: string): void {
    const { store, reporter, runId } = this.#context;
    if (this.#open !== null) return;
    store.together(() => {
      const groupId = newId("group");
      reporter.report({ type: "group.opened", group: { id: groupId, runId, title: "", closed: false } });
      this.#open = { groupId, itemId: reporter.open({ kind: "tool_call", title, groupId }) };
    });
  }

  end(status: "completed" | "failed"): void {
    if (this.#open === null) return;
    const { store, reporter } = this.#context;
    const { itemId, groupId } = this.#open;
    this.#open = null;
    store.together(() => {
      reporter.complete(itemId, { status });
      reporter.report({ type: "group.closed", groupId });
    });
  }
}

/** The thread's session, which its runs share; a new one where the sandbox holds none (any more). */
export async function sessionOf(client: OpenCodeClient, state: OpenCodeState): Promise<string> {
  const known = state.session();
  if (known !== null && (await client.hasSession(known))) return known;
  const made = await client.createSession("Quayside");
  state.keepSession(made);
  return made;
}
