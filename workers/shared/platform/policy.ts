import { fail, ok, type Result } from "#contract/problem";
import type { MemberPrincipal, Principal } from "./principal.ts";

/** Who may call a route. A policy is a value, and it types the principal its handler sees. */
export interface Policy<P> {
  name: string;
  admit(principal: Principal | null): Result<P>;
}

/** Anybody, signed in or not. */
export const anyone: Policy<Principal | null> = { name: "anyone", admit: (principal) => ok(principal) };

/** A member of the org: person or agent, guests included. */
export const anyMember: Policy<MemberPrincipal> = { name: "member", admit: memberOf };

/** An administrator or owner of the org. */
export const adminOnly: Policy<MemberPrincipal> = {
  name: "admin",
  admit(principal) {
    const member = memberOf(principal);
    if (!member.ok || member.value.role === "admin" || member.value.role === "owner") return member;
    return fail("forbidden", "Only administrators of this organisation may do this.");
  },
};

function memberOf(principal: Principal | null): Result<MemberPrincipal> {
  if (principal === null) return fail("unauthenticated", "Sign in to do this.");
  if (principal.kind === "member") return ok(principal);
  return fail("forbidden", "This token cannot be used here.");
}
