import type { z } from "zod";
import type { orgRole } from "#contract/member";

type OrgRole = z.infer<typeof orgRole>;

/** From the least to the most. */
const RANK: readonly OrgRole[] = ["guest", "member", "admin", "owner"];

/** The highest role that any of a person's groups gives; null where none of them gives one. */
export function roleOfGroups(
  roleOfGroup: Readonly<Record<string, OrgRole>>,
  groups: readonly string[],
): OrgRole | null {
  const ranks = groups.flatMap((group) => {
    const role = Object.hasOwn(roleOfGroup, group) ? roleOfGroup[group] : undefined;
    return role === undefined ? [] : [RANK.indexOf(role)];
  });
  return ranks.length === 0 ? null : (RANK[Math.max(...ranks)] ?? null);
}
