import { findOrgBySlug, firstOwner, type Org } from "#data/orgs";
import { forTenant } from "#data/tenant-db";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
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
  const owner = await firstOwner(forTenant(env, { orgId: org.id }));
  if (!owner) return { org, principal: null };
  return { org, principal: { kind: "member", orgId: org.id, memberId: owner.id, name: owner.name, role: owner.role } };
}
