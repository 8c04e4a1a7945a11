import { z } from "zod";
import {
  type IdentityProvider,
  type IdentityProviderPatch,
  identityProvider,
  identityProviderCreate,
  identityProviderPatch,
} from "#contract/identity-provider";
import { identityProviderId } from "#contract/ids";
import {
  findIdentityProvider,
  type IdentityProviderRow,
  insertIdentityProvider,
  listIdentityProviders,
  removeIdentityProvider,
  updateIdentityProvider,
} from "#data/identity-providers";
import { forTenant } from "#data/tenant-db";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { newId } from "#platform/new-id";
import { allow } from "#platform/policy";
import { requireRev, revMismatch, tagged } from "#platform/preconditions";
import type { MemberPrincipal } from "#platform/principal";
import { ProblemError } from "#platform/problem-response";
import { type AnyRoute, defineRoute, type RouteInput } from "#platform/route";
import { guardUrl } from "#platform/safe-fetch";
import { identityProviderPlace, sealFor } from "#platform/secrets";

const tag = "Identity providers";
const params = z.object({ id: identityProviderId });
type Input = RouteInput<MemberPrincipal, { id: string }, undefined, unknown>;
const present = ({ env, principal, params }: Input) => findIdentityProvider(forTenant(env, principal), params.id);

const list = defineRoute({
  method: "get",
  path: "/identity-providers",
  summary: "Where the organisation's people may sign in, besides the providers of the deployment",
  tag,
  policy: allow("org.manage"),
  response: z.object({ items: z.array(identityProvider), nextCursor: z.null() }),
  problems: ["unauthenticated", "forbidden"],
  async handle({ env, principal }) {
    const rows = await listIdentityProviders(forTenant(env, principal));
    return { items: rows.map((row) => toldOf(env, row)), nextCursor: null };
  },
});

const create = defineRoute({
  method: "post",
  path: "/identity-providers",
  summary: "Add an OpenID Connect provider",
  tag,
  policy: allow("org.manage"),
  audit: { action: "identity_provider.create", target: ({ body }) => body.issuer },
  body: identityProviderCreate,
  response: identityProvider,
  status: 201,
  problems: ["invalid", "unauthenticated", "forbidden"],
  async handle({ env, principal, body }) {
    const guarded = guardUrl(body.issuer, configOf(env).environment === "development");
    if (!guarded.ok) throw fieldProblem("issuer", guarded.problem.detail);
    requireOpenid(body.scopes);
    const id = newId("identityProvider");
    const { clientSecret, roleOfGroup, ...plain } = body;
    const secret = await sealed(env, { orgId: principal.orgId, id, clientSecret: clientSecret ?? "" });
    const row = { id, ...plain, ...secret, roleOfGroup: JSON.stringify(roleOfGroup), createdAt: Date.now(), rev: 1 };
    await insertIdentityProvider(forTenant(env, principal), row);
    return tagged(toldOf(env, { ...row, orgId: principal.orgId }), 201);
  },
});

const read = defineRoute({
  method: "get",
  path: "/identity-providers/:id",
  summary: "One identity provider",
  tag,
  policy: allow("org.manage"),
  params,
  response: identityProvider,
  problems: ["unauthenticated", "forbidden", "not_found"],
  handle: async ({ env, principal, params: { id } }) => tagged(toldOf(env, await mustFind(env, principal, id))),
});

const patch = defineRoute({
  method: "patch",
  path: "/identity-providers/:id",
  summary: "Change an identity provider; its issuer stays, for people are known by it",
  tag,
  policy: allow("org.manage"),
  audit: { action: "identity_provider.change", before: present },
  params,
  body: identityProviderPatch,
  response: identityProvider,
  problems: ["invalid", "unauthenticated", "forbidden", "not_found", "rev_mismatch"],
  async handle({ env, principal, params: { id }, body, request }) {
    const known = await mustFind(env, principal, id);
    requireRev(request, known.rev);
    if (body.scopes !== undefined) requireOpenid(body.scopes);
    const set = await changed(env, known, body);
    if (!(await updateIdentityProvider(forTenant(env, principal), known, set))) throw revMismatch();
    return tagged(toldOf(env, await mustFind(env, principal, id)));
  },
});

const remove = defineRoute({
  method: "delete",
  path: "/identity-providers/:id",
  summary: "Remove an identity provider; nobody signs in by it any more",
  tag,
  policy: allow("org.manage"),
  audit: { action: "identity_provider.remove", before: present },
  params,
  status: 204,
  problems: ["unauthenticated", "forbidden", "not_found", "rev_mismatch"],
  async handle({ env, principal, params: { id }, request }) {
    requireRev(request, (await mustFind(env, principal, id)).rev);
    await removeIdentityProvider(forTenant(env, principal), id);
  },
});

export const identityProviderRoutes: AnyRoute[] = [list, create, read, patch, remove];

async function changed(env: Env, known: IdentityProviderRow, body: IdentityProviderPatch) {
  const { clientSecret, roleOfGroup, ...plain } = body;
  return {
    ...plain,
    ...(roleOfGroup === undefined ? {} : { roleOfGroup: JSON.stringify(roleOfGroup) }),
    ...(clientSecret === undefined ? {} : await sealed(env, { orgId: known.orgId, id: known.id, clientSecret })),
  };
}

async function sealed(env: Env, secret: { orgId: string; id: string; clientSecret: string }) {
  const { orgId, id, clientSecret } = secret;
  if (clientSecret === "") return { secretSealed: null, secretLastFour: null, secretUpdatedAt: null };
  const secretSealed = await sealFor(env, identityProviderPlace(orgId, id), clientSecret);
  const secretLastFour = clientSecret.length >= 12 ? clientSecret.slice(-4) : null;
  return { secretSealed, secretLastFour, secretUpdatedAt: Date.now() };
}

async function mustFind(env: Env, principal: MemberPrincipal, id: string): Promise<IdentityProviderRow> {
  const found = await findIdentityProvider(forTenant(env, principal), id);
  if (found) return found;
  throw new ProblemError({ code: "not_found", detail: "There is no such identity provider." });
}

function toldOf(env: Env, row: IdentityProviderRow): IdentityProvider {
  const { id, name, issuer, clientId, scopes, groupsClaim, enabled, rev } = row;
  const updatedAt = row.secretUpdatedAt === null ? null : new Date(row.secretUpdatedAt).toISOString();
  const secret = { hasValue: row.secretSealed !== null, lastFour: row.secretLastFour, updatedAt };
  const createdAt = new Date(row.createdAt).toISOString();
  const roleOfGroup = identityProvider.shape.roleOfGroup.catch({}).parse(JSON.parse(row.roleOfGroup));
  const redirectUri = `${hostUrl(configOf(env), "auth")}/callback`;
  return { id, name, issuer, clientId, secret, scopes, groupsClaim, roleOfGroup, enabled, redirectUri, createdAt, rev };
}

function requireOpenid(scopes: string): void {
  if (!scopes.split(/\s+/).includes("openid")) throw fieldProblem("scopes", "must hold openid");
}

function fieldProblem(field: string, message: string): ProblemError {
  return new ProblemError({ code: "invalid", detail: `${field}: ${message}`, fields: [{ field, message }] });
}
