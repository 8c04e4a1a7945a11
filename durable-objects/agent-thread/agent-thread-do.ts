import { DurableObject } from "cloudflare:workers";
import type { Env } from "#platform/env";

export class AgentThread extends DurableObject<Env> {}
