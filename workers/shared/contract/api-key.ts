import { z } from "zod";
import { apiKeyId, memberId, timestamp } from "./ids.ts";

/** What a token may be used for, besides what its member may do at all. */
export const SCOPES = ["read", "write", "runs", "tools", "workers", "admin"] as const;
export const scope = z.enum(SCOPES);
export type Scope = z.infer<typeof scope>;

export const apiKey = z.object({
  id: apiKeyId,
  memberId,
  name: z.string(),
  lastFour: z.string(),
  scopes: z.array(scope),
  createdAt: timestamp,
  expiresAt: timestamp.nullable(),
  lastUsedAt: timestamp.nullable(),
});
export type ApiKey = z.infer<typeof apiKey>;

export const apiKeyCreate = z.strictObject({
  name: z.string().trim().min(1).max(80),
  scopes: z.array(scope).min(1).max(SCOPES.length),
  /** Null: it does not expire. */
  expiresInDays: z.number().int().min(1).max(366).nullable().default(90),
});
export type ApiKeyCreate = z.infer<typeof apiKeyCreate>;

/** `token` is told once. */
export const apiKeyCreated = z.object({ key: apiKey, token: z.string() });
