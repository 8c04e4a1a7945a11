import type { Env } from "./env.ts";
import type { AgentThreadRpc, ConversationRpc, SandboxBinding, SandboxRpc } from "./rpc.ts";
import type { AuditLogRpc } from "./rpc-audit.ts";

/** An object's methods and its `fetch`, which takes WebSocket upgrades. */
export type Stub<T> = T & DurableObjectStub;

/*
 * The runtime's own mapped stub types cannot express JSON values (`unknown` maps to `never`), so the stubs are typed by the
 * interfaces that the classes implement. The one place that makes Durable Object ids. A name begins with the org of the verified principal, so an id of another
 * org names an object that holds nothing. A region or jurisdiction per org belongs here.
 */

export function conversationStub(env: Env, orgId: string, conversationId: string): Stub<ConversationRpc> {
  return typed(env.CONVERSATION, `${orgId}/${conversationId}`);
}

export function threadStub(env: Env, orgId: string, threadId: string): Stub<AgentThreadRpc> {
  return typed(env.AGENT_THREAD, `${orgId}/${threadId}`);
}

export function sandboxStub(env: Env, binding: SandboxBinding): Stub<SandboxRpc> {
  return sandboxNamed(env, binding.orgId, binding.sandboxId);
}

/** A sandbox by its id, for what one sandbox has to say to another of its org. */
export function sandboxNamed(env: Env, orgId: string, sandboxId: string): Stub<SandboxRpc> {
  return typed(env.SANDBOX, `${orgId}/${sandboxId}`);
}

export function auditStub(env: Env, orgId: string): Stub<AuditLogRpc> {
  return typed(env.AUDIT_LOG, orgId);
}

function typed<T>(namespace: DurableObjectNamespace, name: string): Stub<T> {
  return namespace.get(namespace.idFromName(name)) as unknown as Stub<T>;
}
