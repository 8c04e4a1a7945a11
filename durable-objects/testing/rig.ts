import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import type { Command, CommandResult } from "#contract/command";
import type { ConversationHead, Snapshot } from "#contract/conversation";
import type { Envelope } from "#contract/event";
import type { Result } from "#contract/problem";
import type { SandboxStatus } from "#contract/sandbox";
import type { ExecLine } from "#contract/workspace";
import { newId } from "#platform/new-id";
import type { MemberPrincipal } from "#platform/principal";
import type { SandboxBinding } from "#platform/rpc";
import { conversationStub, sandboxStub, threadStub } from "#platform/stubs";
import { makeWorld, testEnv, type World } from "../../workers/shared/testing/world.ts";

export type Part = "conversation" | "thread" | "sandbox";

/** One conversation with everything real behind it: its agent's thread, the gateway with the demo model, its sandbox. */
export interface Rig {
  world: World;
  id: string;
  ada: MemberPrincipal;
  bea: MemberPrincipal;
  cleo: MemberPrincipal;
  /** A command as the object answers it; sent again with its `clientId` where the call itself broke. */
  command(principal: MemberPrincipal, command: AnyCommand): Promise<Result<CommandResult>>;
  /** A message of Ada's; its ids. */
  say(content: string, mode?: "auto" | "queue" | "steer" | "interrupt"): Promise<{ messageId: string; runId: string }>;
  head(): Promise<ConversationHead>;
  snapshot(): Promise<Snapshot>;
  events(): Promise<Envelope[]>;
  eventsSince(since: number, limit: number): Promise<Envelope[]>;
  /** The log of another conversation of Ada's org, such as a fork. */
  logOf(id: string): Promise<Envelope[]>;
  /** What a person's stop of the sandbox answers. */
  stopSandbox(): Promise<Result<SandboxStatus>>;
  /** Loses an object's memory. False where it was not awake. */
  evict(part: Part): Promise<boolean>;
  /** Lets an object's alarm go off now. False where none was set, or where it broke. */
  alarm(part: Part): Promise<boolean>;
  /** A shell command in the sandbox, outside of any run; its output. */
  shell(command: string): Promise<string>;
  until(holds: (snapshot: Snapshot) => boolean, what: string, timeoutMs?: number): Promise<Snapshot>;
}

export type AnyCommand = { type: Command["type"]; clientId?: string } & Record<string, unknown>;

export async function makeRig(settings: { autonomy?: "ask" | "auto_safe" | "auto" } = {}): Promise<Rig> {
  const world = await makeWorld();
  const created = await world.json<ConversationHead>("POST", "/api/conversations", {
    executor: "edge",
    model: "demo/scripted",
    autonomy: "auto",
    ...settings,
  });
  const { id, sandboxId, threads } = created.body;
  const ada = world.principal;
  const bea: MemberPrincipal = { ...ada, memberId: newId("member"), name: "Bea", role: "member" };
  const cleo: MemberPrincipal = { ...bea, memberId: newId("member"), name: "Cleo" };
  const binding: SandboxBinding = {
    orgId: world.orgId,
    conversationId: id,
    sandboxId: sandboxId ?? "",
    repository: null,
  };
  const stubs = {
    conversation: () => conversationStub(testEnv, world.orgId, id),
    thread: () => threadStub(testEnv, world.orgId, threads[0]?.id ?? ""),
    sandbox: () => sandboxStub(testEnv, binding),
  };
  const snapshot = async () => taken(await steady(() => stubs.conversation().snapshot(ada)));
  const command: Rig["command"] = (principal, one) => {
    const whole = { clientId: newId("request"), ...one } as unknown as Command;
    return steady(() => stubs.conversation().command(principal, whole));
  };
  return {
    world,
    id,
    ada,
    bea,
    cleo,
    command,
    async say(content, mode = "auto") {
      const result = taken(await command(ada, { type: "message.post", content, attachments: [], mode }));
      return { messageId: result.messageId ?? "", runId: result.runId ?? "" };
    },
    head: async () => (await snapshot()).head,
    snapshot,
    events: () => allEvents((since) => steady(() => stubs.conversation().events(ada, { since, limit: 500 }))),
    eventsSince: async (since, limit) =>
      taken(await steady(() => stubs.conversation().events(ada, { since, limit }))).events,
    logOf: (one) =>
      allEvents((since) =>
        steady(() => conversationStub(testEnv, world.orgId, one).events(ada, { since, limit: 500 })),
      ),
    stopSandbox: () => steady(() => stubs.sandbox().stop(binding)),
    evict: (part) => happens(async () => evictDurableObject(stubs[part]() as DurableObjectStub)),
    alarm: (part) => happens(() => runDurableObjectAlarm(stubs[part]() as DurableObjectStub)),
    shell: (line) => steady(() => shellOutput(stubs.sandbox, binding, line)),
    async until(holds, what, timeoutMs = 8_000) {
      const end = Date.now() + timeoutMs;
      for (;;) {
        const now = await snapshot();
        if (holds(now)) return now;
        if (Date.now() > end) throw new Error(`not in time: ${what}\n${tell(now)}`);
        await pause(15);
      }
    },
  };
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export function taken<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.problem.code}: ${result.problem.detail}`);
}

/** What a failed expectation needs to be understood: the runs and their items, short. */
export function tell(snapshot: Snapshot): string {
  const items = snapshot.items.map((one) => `  ${one.runId.slice(-6)} ${one.kind} ${one.status} ${one.title}`);
  const runs = snapshot.runs.map((one) => `${one.id.slice(-6)} ${one.status} ${one.waitingFor} ${one.stopReason}`);
  return [...runs, ...items].join("\n");
}

/** A call that breaks because an object was lost under it is made again: callers come back. */
async function steady<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= 20) throw error;
      await pause(10 * attempt);
    }
  }
}

async function happens(work: () => Promise<unknown>): Promise<boolean> {
  try {
    return (await work()) !== false;
  } catch {
    return false;
  }
}

async function allEvents(read: (since: number) => Promise<Result<{ events: Envelope[] }>>): Promise<Envelope[]> {
  const all: Envelope[] = [];
  for (;;) {
    const { events } = taken(await read(all.at(-1)?.seq ?? 0));
    if (events.length === 0) return all;
    all.push(...events);
  }
}

async function shellOutput(
  stub: () => ReturnType<typeof sandboxStub>,
  binding: SandboxBinding,
  command: string,
): Promise<string> {
  const stream = taken(await stub().exec(binding, { execId: crypto.randomUUID(), command, timeoutMs: 10_000 }));
  const text = await new Response(stream).text();
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ExecLine);
  if (lines.at(-1)?.type !== "exit") throw new Error(`the shell command was lost: ${text}`);
  return lines.map((line) => (line.type === "stdout" ? line.data : "")).join("");
}
