import { type SQL, sql } from "drizzle-orm";
import type { OrgRole, SpaceRole } from "#contract/member";

/** Who looks at a list of conversations. */
export interface Looker {
  memberId: string;
  role: OrgRole;
  spaces: Record<string, SpaceRole>;
}

/**
 * The part of a list that a member may read, as `accessTo` (domain/access/can.ts) decides it for one conversation. `row` is how the
 * statement names a row of `conversations`.
 */
export function visibleTo({ memberId, role, spaces }: Looker, row: SQL): SQL {
  const takesPart = sql`EXISTS (SELECT 1 FROM conversation_members p WHERE p.org_id = ${row}.org_id
    AND p.conversation_id = ${row}.id AND p.member_id = ${memberId})`;
  if (role === "guest") return takesPart;
  const ids = JSON.stringify(Object.keys(spaces));
  return sql`(${row}.space_id IS NULL OR ${row}.space_id IN (SELECT value FROM json_each(${ids})) OR ${takesPart})`;
}
