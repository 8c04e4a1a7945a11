import { z } from "zod";
import { invitationId, memberId, spaceId, timestamp } from "./ids.ts";
import { member, orgRole, spaceRole } from "./member.ts";

/** `pending` waits for an administrator; `removed` is who wrote something here once. */
export const memberState = z.enum(["pending", "active", "suspended", "removed"]);
export type MemberState = z.infer<typeof memberState>;

/** A member as administrators and colleagues see them. The address is told to administrators and to oneself. */
export const orgMember = member.extend({
  email: z.string().nullable(),
  state: memberState,
  createdAt: timestamp,
  rev: z.number().int(),
});
export type OrgMember = z.infer<typeof orgMember>;

export const personName = z.string().trim().min(1).max(80);
/** In lower case. */
export const emailAddress = z.email("must be an e-mail address").max(254).toLowerCase();

export const spaceGrant = z.strictObject({ spaceId, role: spaceRole });
export type SpaceGrant = z.infer<typeof spaceGrant>;

/** A member whom an administrator makes: they set a password by a link that works once. */
export const memberCreate = z.strictObject({
  email: emailAddress,
  name: personName,
  role: orgRole.default("member"),
  spaces: z.array(spaceGrant).max(100).default([]),
});
export type MemberCreate = z.infer<typeof memberCreate>;

/** `state` takes `active` (approve, resume) and `suspended`. */
export const memberPatch = z
  .strictObject({ role: orgRole, state: z.enum(["active", "suspended"]), name: personName })
  .partial();
export type MemberPatch = z.infer<typeof memberPatch>;

/** `link` is told once, for where no mail is sent; it is null where the person needs none. */
export const memberCreated = z.object({ member: orgMember, link: z.string().nullable(), mailed: z.boolean() });

export const INVITATION_DAYS = 7;

export const invitation = z.object({
  id: invitationId,
  email: z.string(),
  role: orgRole,
  spaces: z.array(spaceGrant),
  invitedBy: memberId,
  createdAt: timestamp,
  expiresAt: timestamp,
  state: z.enum(["open", "accepted", "revoked", "expired"]),
});
export type Invitation = z.infer<typeof invitation>;

export const invitationCreate = z.strictObject({
  email: emailAddress,
  role: orgRole.default("member"),
  spaces: z.array(spaceGrant).max(100).default([]),
});
export type InvitationCreate = z.infer<typeof invitationCreate>;

/** `link` is told once. `mailed`: it was also sent. */
export const invitationCreated = z.object({ invitation, link: z.string(), mailed: z.boolean() });
