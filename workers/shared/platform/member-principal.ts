import type { MemberPrincipal } from "./principal.ts";

type Known = Pick<MemberPrincipal, "orgId" | "memberId" | "name" | "role"> & Partial<MemberPrincipal>;

/** A member's principal; what is not given is that of a person with everything the role allows and no space of their own. */
export function memberPrincipal(known: Known): MemberPrincipal {
  return {
    kind: "member",
    memberKind: "human",
    spaces: {},
    scopes: null,
    accountId: null,
    sessionId: null,
    via: "none",
    ...known,
  };
}
