import { z } from "zod";
import { orgId } from "./ids.ts";
import { member } from "./member.ts";

export const authMode = z.enum(["LOCAL", "OAUTH", "KEYCLOAK_FIREWALL", "NONE"]);

/** Whom this request speaks for, and where. */
export const me = z.object({
  member,
  org: z.object({ id: orgId, slug: z.string(), name: z.string() }),
  authMode,
  environment: z.enum(["development", "production"]),
  /** How the request showed who it is. */
  via: z.enum(["session", "api_key", "agent_token", "proxy", "none"]),
  /** Where people sign in and choose among their organisations. */
  appUrl: z.string(),
});
export type Me = z.infer<typeof me>;
