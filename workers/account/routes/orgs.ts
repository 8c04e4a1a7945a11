import { z } from "zod";
import { type MyOrg, orgCreate, type SlugCheck } from "#contract/org";
import { membershipsOf } from "#data/accounts";
import { takeBackDeletion } from "#data/org-deletion";
import { createOrg, findOrg, holdSlug, slugIsFree } from "#data/orgs";
import { RESERVED_SLUGS, slugStateOf, suggestionsFor } from "#domain/account/slug";
import { purgedAt } from "#domain/org/deletion";
import { isoTime } from "#platform/clock";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { newId } from "#platform/new-id";
import { ProblemError } from "#platform/problem-response";
import { auditAccount } from "../audit.ts";
import { byAddress } from "../limits.ts";
import { accountRoute, type SignedIn } from "../route.ts";

const HOLD_MS = 15 * 60_000;
const STARTER_AGENT = "Quay";
const GENERAL = "General";

const check = accountRoute({
  method: "get",
  path: "/orgs/check",
  summary: "Whether an organisation may have this name; a free one is held for who is signed in",
  policy: "anyone",
  query: z.object({ name: z.string().max(80) }),
  limits: ({ request }) => [byAddress("orgs-check", request, 120)],
  async handle({ env, signedIn, query }): Promise<SlugCheck> {
    const slug = query.name.trim().toLowerCase();
    const said = slugStateOf(slug);
    const now = Date.now();
    const accountId = signedIn?.account.id ?? null;
    const free = said === "available" && (await slugIsFree(env, slug, { accountId, now }));
    if (free && accountId !== null) await holdSlug(env, slug, { accountId, now, ms: HOLD_MS });
    if (free) return { state: "available", suggestions: [] };
    const ideas = suggestionsFor(slug);
    const open = await Promise.all(ideas.map((one) => slugIsFree(env, one, { accountId, now })));
    return {
      state: said === "available" ? "taken" : said,
      suggestions: ideas.filter((_, index) => open[index]).slice(0, 3),
    };
  },
});

const create = accountRoute({
  method: "post",
  path: "/orgs",
  summary: "Make an organisation, with a space for everybody and an agent; its maker owns it",
  policy: "signed_in",
  body: orgCreate,
  status: 201,
  limits: ({ signedIn }) => [{ name: "orgs-create", key: signedIn.account.id, max: 10, windowS: 24 * 60 * 60 }],
  async handle({ env, request, requestId, signedIn, body }): Promise<MyOrg> {
    const { account } = signedIn;
    if (!(await mayMakeOrgs(env, signedIn)))
      throw new ProblemError({
        code: "forbidden",
        detail: "Here only the administrator makes organisations.",
        reason: "orgs_closed",
      });
    if (RESERVED_SLUGS.has(body.slug)) throw nameProblem("invalid", "is a name of ours");
    const now = Date.now();
    if (!(await slugIsFree(env, body.slug, { accountId: account.id, now }))) throw nameProblem("conflict", "is taken");
    const id = newId("org");
    const owner = { id: newId("member"), accountId: account.id, name: account.name, email: account.email };
    const made = await createOrg(env, {
      ...{ id, ...body, at: now },
      owner: { ...owner, personalSpaceId: newId("space") },
      agent: { id: newId("agent"), memberId: newId("member"), name: STARTER_AGENT },
      general: { id: newId("space"), name: GENERAL },
    });
    if (!made) throw nameProblem("conflict", "is taken");
    await auditAccount(env, "org.create", { account, request, requestId });
    return { id, ...body, role: "owner", state: "active", url: hostUrl(configOf(env), body.slug), deletedAt: null };
  },
});

const mine = accountRoute({
  method: "get",
  path: "/orgs",
  summary: "The organisations of who is signed in",
  policy: "signed_in",
  async handle({ env, signedIn }) {
    const memberships = await membershipsOf(env, signedIn.account.id);
    const items = memberships
      .filter(({ org, member }) => org.deletingAt === null || member.role === "owner")
      .map(({ org, member }) => ({
        id: org.id,
        slug: org.slug,
        name: org.name,
        role: member.role,
        state: member.state,
        url: hostUrl(configOf(env), org.slug),
        deletedAt: isoOrNull(purgedAt(org.deletingAt)),
      }));
    return { items, mayCreate: await mayMakeOrgs(env, signedIn) };
  },
});

const restore = accountRoute({
  method: "post",
  path: "/orgs/:id/restore",
  summary: "Take back that an organisation is to be deleted",
  policy: "signed_in",
  async handle({ env, request, requestId, signedIn, params }) {
    const memberships = await membershipsOf(env, signedIn.account.id);
    const owned = memberships.find(
      ({ org, member }) => org.id === params.id && member.role === "owner" && member.state === "active",
    );
    const org = owned && (await findOrg(env, owned.org.id));
    if (!org) throw new ProblemError({ code: "not_found", detail: "You own no such organisation." });
    if (!(await takeBackDeletion(env, org.id, Date.now())))
      throw new ProblemError({ code: "conflict", detail: "Its thirty days are over: it is being deleted." });
    await auditAccount(env, "org.restore", { account: signedIn.account, request, requestId });
    return { url: hostUrl(configOf(env), org.slug) };
  },
});

export const orgRoutes = [check, create, mine, restore];

const isoOrNull = (at: number | null) => (at === null ? null : isoTime(at));

/** Anybody where anybody may register; else the administrator of the deployment. */
async function mayMakeOrgs(env: Env, { account }: SignedIn): Promise<boolean> {
  const { signUp, adminEmail } = configOf(env);
  return signUp === "open" || (adminEmail !== null && account.email === adminEmail);
}

function nameProblem(code: "invalid" | "conflict", message: string): ProblemError {
  return new ProblemError({ code, detail: `slug: ${message}.`, fields: [{ field: "slug", message }] });
}
