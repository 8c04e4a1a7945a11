import type { ConversationHead } from "#contract/conversation";
import type { Result } from "#contract/problem";
import { indexConversation, markRead } from "#data/conversations";
import { forTenant } from "#data/tenant-db";
import { forkHead } from "#domain/conversation/fork";
import { recordAudit } from "#platform/audit";
import type { Env } from "#platform/env";
import { newId } from "#platform/new-id";
import { settle } from "#platform/problem-response";
import type { RunOrder, SandboxBinding, SocketOwner } from "#platform/rpc";
import { conversationStub, sandboxNamed, sandboxStub, threadStub } from "#platform/stubs";
import type { Effect } from "./effects.ts";
import { feedSearch } from "./search-feed.ts";
import type { ConversationStore } from "./store.ts";
import { earlierRuns } from "./turns.ts";

interface Deps {
  env: Env;
  store: ConversationStore;
  orgId: string;
  /** The run of a steering message was over in its thread before the message came. */
  missedSteer(effect: Extract<Effect, { type: "thread.steer" }>): Promise<void>;
}

/** Does one effect of the outbox. Each does nothing when it is done again; a throw means: later again. */
export async function perform(deps: Deps, effect: Effect): Promise<void> {
  const head = deps.store.state.head;
  if (!head) return;
  switch (effect.type) {
    case "index":
      return index(deps, head);
    case "read": {
      const { memberId, seq } = effect;
      return markRead(forTenant(deps.env, deps), { conversationId: head.id, memberId, seq });
    }
    case "sandbox.stop":
    case "sandbox.keep":
      return tellSandbox(deps, head, effect);
    case "terminals.close":
      return closeTerminals(deps, effect);
    case "fork.create":
      return createFork(deps, head, effect);
    case "audit":
      return recordAudit(deps.env, deps.orgId, [{ ...effect.record, key: effect.key }]);
    default:
      return tellThread(deps, head, effect);
  }
}

async function tellThread(deps: Deps, head: ConversationHead, effect: ThreadEffect): Promise<void> {
  const result = await callThread(deps, head, effect);
  if (result.ok) return;
  const { code, detail } = result.problem;
  const gone = code === "not_found" || code === "conflict";
  if (gone && effect.type === "thread.steer") return deps.missedSteer(effect);
  // A run that the thread does not take yet must not be lost; anything else comes too late for a run that is over.
  if (!gone || effect.type === "thread.start") throw new Error(`the agent thread answered ${code}: ${detail}`);
}

/** The list's row first: what search finds belongs to it. */
async function index(deps: Deps, head: ConversationHead): Promise<void> {
  const db = forTenant(deps.env, deps);
  await indexConversation(db, head, deps.store.digest);
  await feedSearch(db, deps.store);
}

type ForkEffect = Extract<Effect, { type: "fork.create" }>;
/** Keeps the snapshot that the fork begins with, whatever its first making chose. One that is gone is not needed: it clones. */
async function pinFiles(deps: Deps, forkId: string): Promise<void> {
  const service = { kind: "service" as const, orgId: deps.orgId };
  const made = await settle<{ head: ConversationHead }>(
    conversationStub(deps.env, deps.orgId, forkId).head(service),
    "conversation",
  );
  if (!made.ok) throw new Error(`the fork does not say its head: ${made.problem.code}`);
  const { restoreFrom, sandboxId } = made.value.head;
  if (restoreFrom === null || sandboxId === null) return;
  const stub = sandboxNamed(deps.env, deps.orgId, restoreFrom.sandboxId);
  const pin = { snapshotId: restoreFrom.snapshotId, by: sandboxId };
  const pinned = await settle(stub.pinSnapshot(deps.orgId, pin), "sandbox");
  if (!pinned.ok && pinned.problem.code !== "not_found") throw new Error(pinned.problem.detail);
}

type ThreadEffect = Exclude<
  Effect,
  { type: "index" | "read" | "sandbox.stop" | "sandbox.keep" | "terminals.close" | "fork.create" | "audit" }
>;

/** The list shows the fork at once; the fork itself keeps the first of what it is given. */
async function createFork(deps: Deps, head: ConversationHead, effect: ForkEffect): Promise<void> {
  const { conversationId: id, title, atSeq, by, at } = effect;
  const threads = Object.fromEntries(head.threads.map((one) => [one.id, newId("thread")]));
  const fork = forkHead(head, { id, title, sandboxId: newId("sandbox"), threads, origin: { atSeq }, by, at });
  const init = { head: fork, origin: { conversationId: head.id, atSeq }, threads, by, at: Date.parse(at) };
  const stub = conversationStub(deps.env, deps.orgId, id);
  const created = await settle(stub.createFork({ kind: "service", orgId: deps.orgId }, init), "conversation");
  if (!created.ok) throw new Error(`the fork answered ${created.problem.code}: ${created.problem.detail}`);
  await pinFiles(deps, id);
  const digest = { ...deps.store.digest, lastSeq: atSeq, updatedAt: at, runStatus: null };
  await indexConversation(forTenant(deps.env, deps), fork, digest);
}

async function callThread(deps: Deps, head: ConversationHead, effect: ThreadEffect): Promise<Result<null>> {
  const done = { ok: true as const, value: null };
  const run = deps.store.state.runs.get(effect.runId);
  if (!run) return done;
  const stub = threadStub(deps.env, deps.orgId, run.threadId);
  switch (effect.type) {
    case "thread.start": {
      const order = orderOf(deps, head, effect.runId);
      return order ? stub.start(order) : done;
    }
    case "thread.steer": {
      const message = deps.store.state.messages.get(effect.messageId);
      return message ? stub.steer(run.id, { message, authorName: nameOf(head, message.authorId) }) : done;
    }
    case "thread.cancel":
      return stub.cancel(run.id, effect.reason);
    case "thread.approval":
      return stub.decideApproval(run.id, effect.approval);
    case "thread.question":
      return stub.answerQuestion(run.id, effect.question);
  }
}

function orderOf(deps: Deps, head: ConversationHead, runId: string): RunOrder | null {
  const run = deps.store.state.runs.get(runId);
  const message = run && deps.store.state.messages.get(run.messageId);
  if (!run || !message || run.status === "succeeded" || run.status === "failed" || run.status === "cancelled")
    return null;
  const binding = bindingOf(deps.orgId, head);
  if (!binding) return null;
  return {
    orgId: deps.orgId,
    conversationId: head.id,
    run,
    prompt: { message, authorName: nameOf(head, message.authorId) },
    binding,
    allowed: head.allowed,
    earlier: earlierRuns(deps.store, run),
    wantsTitle: head.titleBy === "default",
  };
}

type SandboxEffect = Extract<Effect, { type: "sandbox.stop" | "sandbox.keep" }>;

async function tellSandbox(deps: Deps, head: ConversationHead, effect: SandboxEffect): Promise<void> {
  const binding = bindingOf(deps.orgId, head);
  if (binding === null || head.sandbox.state === "none") return;
  const stub = sandboxStub(deps.env, binding);
  if (effect.type === "sandbox.stop") await stub.stop(binding);
  else await stub.keep(binding, { seq: effect.seq, at: effect.at });
}

/** Closes a member's terminals, or those of one of its sessions. A sandbox that nobody used has none. */
export async function closeTerminals(
  { env, store, orgId }: Pick<Deps, "env" | "store" | "orgId">,
  { memberId, sessionId }: SocketOwner,
): Promise<void> {
  const sandboxId = store.state.head?.sandboxId ?? null;
  if (sandboxId === null) return;
  const closed = await settle(
    sandboxNamed(env, orgId, sandboxId).closeTerminals(orgId, { memberId, sessionId }),
    "sandbox",
  );
  if (!closed.ok && closed.problem.code !== "not_found") throw new Error(closed.problem.detail);
}

function bindingOf(orgId: string, head: ConversationHead): SandboxBinding | null {
  if (head.sandboxId === null) return null;
  const { repository, restoreFrom } = head;
  return { orgId, conversationId: head.id, sandboxId: head.sandboxId, repository, restoreFrom };
}

function nameOf(head: ConversationHead, memberId: string): string {
  return head.participants.find((one) => one.memberId === memberId)?.name ?? "someone";
}
