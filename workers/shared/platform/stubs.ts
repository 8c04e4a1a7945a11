import type { Env } from "./env.ts";
import type { SandboxBinding } from "./rpc.ts";

/*
 * The one place that makes Durable Object ids. A name begins with the org of the verified principal, so an id of another
 * org names an object that holds nothing. A region or jurisdiction per org belongs here.
 */

export function conversationStub(env: Env, orgId: string, conversationId: string) {
  return env.CONVERSATION.get(env.CONVERSATION.idFromName(`${orgId}/${conversationId}`));
}

export function threadStub(env: Env, orgId: string, threadId: string) {
  return env.AGENT_THREAD.get(env.AGENT_THREAD.idFromName(`${orgId}/${threadId}`));
}

export function sandboxStub(env: Env, binding: SandboxBinding) {
  return env.SANDBOX.get(env.SANDBOX.idFromName(`${binding.orgId}/${binding.sandboxId}`));
}
