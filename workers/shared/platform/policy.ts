import { fail, ok, type Result } from "#contract/problem";
import type { ConversationAction, OrgAction, SpaceAction } from "#domain/access/actions";
import { can, mayEver } from "#domain/access/can";
import type { MemberPrincipal, Principal } from "./principal.ts";

/** Who may call a route. A policy is a value, and it types the principal its handler sees. */
export interface Policy<P> {
  name: string;
  admit(principal: Principal | null): Result<P>;
}

/** Anybody, signed in or not. */
export const anyone: Policy<Principal | null> = { name: "anyone", admit: (principal) => ok(principal) };

const ORG = { kind: "org" } as const;

/** Members who may do this in their org. */
export function allow(action: OrgAction): Policy<MemberPrincipal> {
  return { name: action, admit: (principal) => admitIf(principal, (member) => can(member, action, ORG)) };
}

/**
 * Members who may do this to some conversation or space. Whether to this one is decided where it is known: by the conversation's
 * object, or by the handler that has read the space.
 */
export function within(action: ConversationAction | SpaceAction): Policy<MemberPrincipal> {
  return { name: action, admit: (principal) => admitIf(principal, (member) => mayEver(member, action)) };
}

function admitIf(principal: Principal | null, may: (member: MemberPrincipal) => boolean): Result<MemberPrincipal> {
  if (principal === null) return fail("unauthenticated", "Sign in to do this.");
  if (principal.kind !== "member") return fail("forbidden", "This token cannot be used here.");
  return may(principal) ? ok(principal) : fail("forbidden", "Your role in this organisation does not allow this.");
}
