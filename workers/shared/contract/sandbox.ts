import { z } from "zod";

export const SANDBOX_STATES = [
  "none",
  "provisioning",
  "ready",
  "busy",
  "sleeping",
  "stopped",
  "failed",
  "deleted",
] as const;
export const sandboxState = z.enum(SANDBOX_STATES);
export type SandboxState = z.infer<typeof sandboxState>;

export const sandboxStatus = z.object({
  state: sandboxState,
  /** Plain words: what it is doing, or why it failed. */
  detail: z.string().nullable(),
  driver: z.enum(["local", "cloudflare"]).nullable(),
});
export type SandboxStatus = z.infer<typeof sandboxStatus>;

export const openPort = z.object({ port: z.number().int().min(1).max(65535), name: z.string().nullable() });
export type OpenPort = z.infer<typeof openPort>;
