import { z } from "zod";
import { memberId } from "./ids.ts";

export const memberKind = z.enum(["human", "agent", "system"]);
export const orgRole = z.enum(["owner", "admin", "member", "guest"]);
export type OrgRole = z.infer<typeof orgRole>;
export const spaceRole = z.enum(["lead", "member", "viewer"]);
export type SpaceRole = z.infer<typeof spaceRole>;
/** Who takes part in an org. */
export const member = z.object({
  id: memberId,
  kind: memberKind,
  name: z.string(),
  role: orgRole,
});
export type Member = z.infer<typeof member>;

/** Who caused an event. */
export const actor = z.object({ memberId, kind: memberKind });
export type Actor = z.infer<typeof actor>;
