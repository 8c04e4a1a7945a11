import { z } from "zod";
import { type OrgSettings, orgPatch, orgSettings } from "#contract/org";
import { beginDeletion } from "#data/org-deletion";
import { findOrg, type OrgRow, updateOrg } from "#data/orgs";
import { domainsOf } from "#domain/account/admission";
import { purgedAt } from "#domain/org/deletion";
import { isoTime } from "#platform/clock";
import type { Env } from "#platform/env";
import { allow } from "#platform/policy";
import { requireRev, revMismatch, tagged } from "#platform/preconditions";
import { ProblemError } from "#platform/problem-response";
import { closeOrgSockets } from "#platform/revocation";
import { type AnyRoute, defineRoute } from "#platform/route";

const tag = "Organisation";

const read = defineRoute({
  method: "get",
  path: "/org",
  summary: "The organisation's settings",
  tag,
  policy: allow("org.manage"),
  response: orgSettings,
  problems: ["unauthenticated", "forbidden"],
  handle: async ({ env, principal }) => tagged(toldOf(await mustFind(env, principal.orgId))),
});

const patch = defineRoute({
  method: "patch",
  path: "/org",
  summary: "Change the organisation's name and who may sign up",
  tag,
  policy: allow("org.manage"),
  audit: { action: "org.change", before: ({ env, principal }) => findOrg(env, principal.orgId) },
  body: orgPatch,
  response: orgSettings,
  problems: ["invalid", "unauthenticated", "forbidden", "rev_mismatch"],
  async handle({ env, principal, body, request }) {
    const known = await mustFind(env, principal.orgId);
    requireRev(request, known.rev);
    const { signUpDomains, ...rest } = body;
    const domains = signUpDomains && [...new Set(signUpDomains)];
    if ((body.signUp ?? known.signUp) === "domains" && (domains ?? domainsOf(known)).length === 0) {
      const fields = [{ field: "signUpDomains", message: "must name a domain" }];
      throw new ProblemError({ code: "invalid", detail: "signUpDomains: must name a domain.", fields });
    }
    const set = { ...rest, ...(domains ? { signUpDomains: JSON.stringify(domains) } : {}) };
    if (!(await updateOrg({ env, orgId: principal.orgId }, set, known.rev))) throw revMismatch();
    return tagged(toldOf(await mustFind(env, principal.orgId)));
  },
});

const remove = defineRoute({
  method: "delete",
  path: "/org",
  summary: "Delete the organisation: nobody gets in from now on, and after thirty days nothing of it is left",
  tag,
  policy: allow("org.delete"),
  audit: "org.delete",
  query: z.object({ slug: z.string() }),
  status: 204,
  problems: ["invalid", "unauthenticated", "forbidden"],
  async handle({ env, principal, org, query }) {
    if (query.slug !== org.slug) {
      const fields = [{ field: "slug", message: `must be ${org.slug}` }];
      throw new ProblemError({ code: "invalid", detail: `slug: must be ${org.slug}.`, fields });
    }
    await beginDeletion(env, principal.orgId, Date.now());
    await closeOrgSockets(env, principal.orgId);
  },
});

export const orgRoutes: AnyRoute[] = [read, patch, remove];

async function mustFind(env: Env, orgId: string): Promise<OrgRow> {
  const row = await findOrg(env, orgId);
  if (row) return row;
  throw new ProblemError({ code: "not_found", detail: "There is no such organisation." });
}

function toldOf(row: OrgRow): OrgSettings {
  const { id, slug, name, signUp, linkByEmail, rev } = row;
  const at = purgedAt(row.deletingAt);
  const gone = at === null ? null : isoTime(at);
  return { id, slug, name, signUp, signUpDomains: domainsOf(row), linkByEmail, purgedAt: gone, rev };
}
