export { AgentThread } from "./agent-thread/agent-thread-do.ts";
export { Conversation } from "./conversation/conversation-do.ts";
export { Sandbox } from "./sandbox/sandbox-do.ts";
