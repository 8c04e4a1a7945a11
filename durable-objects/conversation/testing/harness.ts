import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import type { Command } from "#contract/command";
import type { Envelope } from "#contract/event";
import type { Report, ReportFrame } from "#contract/report";
import type { ReportedItem, Run } from "#contract/run";
import { memberPrincipal } from "#platform/member-principal";
import { newId } from "#platform/new-id";
import type { MemberPrincipal } from "#platform/principal";
import { testEnv } from "../../../workers/shared/testing/world.ts";
import { migrate } from "../../kit/migrate.ts";
import { ConversationObject } from "../conversation.ts";
import { MIGRATIONS } from "../migrations.ts";
import { takeReports } from "../reports.ts";
import { reportDeps } from "../sockets.ts";
import { ConversationStore } from "../store.ts";

export interface ThreadCall {
  method: string;
  args: unknown[];
}

type Frame = [reports: Report[], deltas?: ReportFrame["deltas"]];

/** One conversation in a real object's storage, with a thread that only writes down what it is asked. */
export interface Harness {
  id: string;
  orgId: string;
  principal: MemberPrincipal;
  calls: ThreadCall[];
  /** Runs with the object as it wakes on first use and after each `evict`. */
  use<T>(work: (object: ConversationObject, state: DurableObjectState) => T | Promise<T>): Promise<T>;
  evict(): Promise<void>;
  command(
    command: Partial<Command> & { type: Command["type"] },
  ): Promise<{ seq: number; messageId?: string; runId?: string }>;
  /** Sends a frame of the report socket: its reports, numbered from `n`, and its deltas. */
  report(run: Pick<Run, "id" | "epoch">, n: number, ...frame: Frame): Promise<unknown[]>;
  events(): Promise<Envelope[]>;
  activeRun(): Promise<Run>;
}

export async function makeHarness(): Promise<Harness> {
  const orgId = newId("org");
  const id = newId("conversation");
  const principal = memberPrincipal({ orgId, memberId: newId("member"), name: "Ada", role: "owner" });
  const calls: ThreadCall[] = [];
  const env = { ...testEnv, AGENT_THREAD: recordingNamespace(calls) };
  const stub = testEnv.CONVERSATION.get(testEnv.CONVERSATION.newUniqueId());
  let awake: ConversationObject | null = null;
  await testEnv.DB.prepare("INSERT INTO orgs (id, slug, name, created_at) VALUES (?, ?, 'x', 0)")
    .bind(orgId, `h-${id.slice(-12)}`)
    .run();

  const use: Harness["use"] = (work) =>
    runInDurableObject(stub, (_instance, state) => {
      migrate(state.storage, MIGRATIONS);
      ConversationStore.keepOrg(state.storage.sql, orgId);
      awake ??= new ConversationObject(state, env, orgId);
      return work(awake, state);
    });

  const harness: Harness = {
    id,
    orgId,
    principal,
    calls,
    use,
    async evict() {
      await use(() => null);
      awake = null;
      await evictDurableObject(stub);
    },
    command: (command) =>
      use(async (object) => {
        const result = await object.command(principal, { clientId: newId("request"), ...command } as Command);
        if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.detail}`);
        return result.value;
      }),
    report: (run, n, ...[reports, deltas = []]) =>
      use((object) =>
        takeReports(reportDeps(object), JSON.stringify({ runId: run.id, epoch: run.epoch, n, reports, deltas })),
      ),
    events: () => use((object) => object.store.events({ after: 0, limit: 100_000 })),
    activeRun: () =>
      use((object) => {
        const runId = object.store.state.head?.threads[0]?.activeRunId;
        const run = runId ? object.store.state.runs.get(runId) : undefined;
        if (!run) throw new Error("no run is active");
        return run;
      }),
  };
  await use((object) =>
    object.create(principal, {
      id,
      kind: "coding",
      title: null,
      repository: null,
      settings: { executor: "edge", model: "demo/scripted", autonomy: "auto_safe" },
      agent: { id: newId("agent"), memberId: newId("member"), name: "Quay" },
      at: Date.now(),
    }),
  );
  return harness;
}

/** An item of a run as a thread reports it. */
export function itemOf(run: Pick<Run, "id">, changes: Partial<ReportedItem> = {}): ReportedItem {
  return {
    id: newId("item"),
    runId: run.id,
    groupId: null,
    parentId: null,
    kind: "text",
    status: "in_progress",
    title: "",
    text: "",
    truncation: null,
    detail: {},
    startedAt: new Date().toISOString(),
    completedAt: null,
    ...changes,
  };
}

export const finished = {
  type: "run.finished",
  status: "succeeded",
  stopReason: "done",
  problem: null,
} as const satisfies Report;

function recordingNamespace(calls: ThreadCall[]): DurableObjectNamespace {
  const methods = ["start", "steer", "cancel", "decideApproval", "answerQuestion", "purge"];
  const stub = Object.fromEntries(
    methods.map((method) => [
      method,
      async (...args: unknown[]) => {
        calls.push({ method, args });
        return { ok: true, value: null };
      },
    ]),
  );
  return { idFromName: (name: string) => name, get: () => stub } as unknown as DurableObjectNamespace;
}
