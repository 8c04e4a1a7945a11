import type { z } from "zod";
import type { orgRole } from "#contract/member";
import type { CallPurpose } from "#contract/usage";

/** A person's (or the development administrator's) session in one org. */
export interface MemberPrincipal {
  kind: "member";
  orgId: string;
  memberId: string;
  name: string;
  role: z.infer<typeof orgRole>;
}

/** A run that calls the LLM gateway. */
export interface RunPrincipal {
  kind: "run";
  orgId: string;
  conversationId: string;
  runId: string;
  /** What it calls a model for where that is no step of the run. */
  purpose?: CallPurpose | undefined;
}

/** Code inside a sandbox that calls a gateway. */
export interface SandboxPrincipal {
  kind: "sandbox";
  orgId: string;
  conversationId: string;
  sandboxId: string;
  repositoryId: string | null;
}

/** One Durable Object that calls another of the same org. */
export interface ServicePrincipal {
  kind: "service";
  orgId: string;
}

/** Whom a request speaks for. `orgId` is the only source of an org in anything it touches. */
export type Principal = MemberPrincipal | RunPrincipal | SandboxPrincipal | ServicePrincipal;
