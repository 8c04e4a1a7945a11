export { ContainerProxy } from "@cloudflare/sandbox";
export { AgentThread } from "./agent-thread/agent-thread-do.ts";
export { Conversation } from "./conversation/conversation-do.ts";
export { SandboxContainer } from "./sandbox/container-do.ts";
export { Sandbox } from "./sandbox/sandbox-do.ts";
