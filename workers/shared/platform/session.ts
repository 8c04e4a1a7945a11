import { type MemberRow, spacesOf } from "#data/members";
import { findOrgBySlug, firstOwner, type Org } from "#data/orgs";
import { forTenant, type TenantDb } from "#data/tenant-db";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import { memberPrincipal } from "./member-principal.ts";
import type { MemberPrincipal } from "./principal.ts";

/** The org of a host and whom the request speaks for there; `principal` is null for a stranger. */
export interface Session {
  org: Org;
  principal: MemberPrincipal | null;
}

/**
 * Turns a request on an org's host into a session, or null where there is no such org. With `AUTH_MODE=NONE`, which the
 * configuration allows only in development on loopback, every request is the org's first owner.
 */
export async function openSession(env: Env, slug: string): Promise<Session | null> {
  const org = await findOrgBySlug(env, slug);
  if (!org) return null;
  if (configOf(env).authMode !== "NONE") return { org, principal: null };
  const db = forTenant(env, { orgId: org.id });
  const owner = await firstOwner(db);
  return { org, principal: owner && (await principalOf(db, owner, { via: "none" })) };
}

/** Everything that decisions on access need of a member, read together. */
async function principalOf(
  db: TenantDb,
  member: MemberRow,
  shown: Pick<MemberPrincipal, "via"> & Partial<MemberPrincipal>,
): Promise<MemberPrincipal> {
  const { id, kind, name, role, accountId } = member;
  const spaces = await spacesOf(db, id, role);
  return memberPrincipal({ orgId: db.orgId, memberId: id, memberKind: kind, name, role, accountId, spaces, ...shown });
}
