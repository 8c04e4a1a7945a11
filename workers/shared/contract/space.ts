import { z } from "zod";
import { memberId, spaceId, timestamp } from "./ids.ts";
import { spaceRole } from "./member.ts";

/** `open`: every member who is no guest takes part; `private`: those who are in it; `personal`: one person. */
export const spaceVisibility = z.enum(["open", "private", "personal"]);
export type SpaceVisibility = z.infer<typeof spaceVisibility>;

export const spaceName = z.string().trim().min(1).max(80);

/** A named group of conversations. `myRole` is that of who asks. */
export const space = z.object({
  id: spaceId,
  name: z.string(),
  visibility: spaceVisibility,
  myRole: spaceRole.nullable(),
  members: z.number().int().nonnegative(),
  createdAt: timestamp,
  archivedAt: timestamp.nullable(),
  rev: z.number().int(),
});
export type Space = z.infer<typeof space>;

export const spaceMember = z.object({ memberId, name: z.string(), role: spaceRole });
export type SpaceMember = z.infer<typeof spaceMember>;

export const spaceCreate = z.strictObject({
  name: spaceName,
  visibility: z.enum(["open", "private"]).default("open"),
});
export type SpaceCreate = z.infer<typeof spaceCreate>;

export const spacePatch = z
  .strictObject({ name: spaceName, visibility: z.enum(["open", "private"]), archived: z.boolean() })
  .partial();
export type SpacePatch = z.infer<typeof spacePatch>;

export const spaceMemberPut = z.strictObject({ role: spaceRole });
