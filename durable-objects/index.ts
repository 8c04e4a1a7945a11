export { ContainerProxy } from "@cloudflare/sandbox";
export { AgentThread } from "./agent-thread/agent-thread-do.ts";
export { AuditLog } from "./audit-log/audit-log-do.ts";
export { Conversation } from "./conversation/conversation-do.ts";
export { RateLimiter } from "./rate-limiter/rate-limiter-do.ts";
export { SandboxContainer } from "./sandbox/container-do.ts";
export { Sandbox } from "./sandbox/sandbox-do.ts";
