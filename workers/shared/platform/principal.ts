import type { Scope } from "#contract/api-key";
import type { Member, OrgRole, SpaceRole } from "#contract/member";
import type { CallPurpose } from "#contract/usage";

/** A member of an org, by whatever a person, a program or an agent showed. */
export interface MemberPrincipal {
  kind: "member";
  orgId: string;
  memberId: string;
  memberKind: Member["kind"];
  name: string;
  role: OrgRole;
  /** The spaces it takes part in, open ones included (domain/access/can.ts). */
  spaces: Record<string, SpaceRole>;
  /** What its token may be used for; null: everything the member may do. */
  scopes: Scope[] | null;
  accountId: string | null;
  /** The session of a browser, which can be revoked. */
  sessionId: string | null;
  /** How it was told: `proxy` is KEYCLOAK_FIREWALL, `none` the development administrator. */
  via: "session" | "api_key" | "agent_token" | "proxy" | "none";
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
