import { z } from "zod";
import { memberId, spaceId } from "#contract/ids";
import type { SpaceGrant } from "#contract/membership";
import { type Space, space, spaceCreate, spaceMember, spaceMemberPut, spacePatch } from "#contract/space";
import { findMember } from "#data/members";
import {
  dropSpaceMember,
  findSpace,
  insertSpace,
  listSpaceMembers,
  listSpaces,
  putSpaceMember,
  type SpaceRow,
  spaceFromRow,
  spacesIn,
  updateSpace,
} from "#data/spaces";
import { forTenant, type TenantDb } from "#data/tenant-db";
import type { SpaceAction } from "#domain/access/actions";
import { can } from "#domain/access/can";
import type { Env } from "#platform/env";
import { newId } from "#platform/new-id";
import { allow, within } from "#platform/policy";
import { requireRev, revMismatch, tagged } from "#platform/preconditions";
import type { MemberPrincipal } from "#platform/principal";
import { ProblemError } from "#platform/problem-response";
import { closeMemberSockets, closeOrgSockets } from "#platform/revocation";
import { type AnyRoute, defineRoute } from "#platform/route";

const tag = "Spaces";
const params = z.object({ id: spaceId });
const memberParams = params.extend({ memberId });
const flag = z.enum(["true", "false"]).transform((text) => text === "true");

const list = defineRoute({
  method: "get",
  path: "/spaces",
  summary: "The spaces you take part in; administrators see all that are nobody's own",
  tag,
  policy: allow("spaces.list"),
  query: z.object({ archived: flag.default(false) }),
  response: z.object({ items: z.array(space), nextCursor: z.null() }),
  problems: ["unauthenticated", "forbidden"],
  async handle({ env, principal, query }) {
    const looker = { ...principal, admin: can(principal, "org.manage", { kind: "org" }) };
    return { items: await listSpaces(forTenant(env, principal), looker, query.archived), nextCursor: null };
  },
});

const create = defineRoute({
  method: "post",
  path: "/spaces",
  summary: "Make a space, which you lead",
  tag,
  policy: allow("spaces.create"),
  audit: { action: "space.create", target: ({ body }) => body.name },
  body: spaceCreate,
  response: space,
  status: 201,
  problems: ["invalid", "unauthenticated", "forbidden"],
  async handle({ env, principal, body }) {
    const row = { id: newId("space"), ...body, ownerId: null, createdAt: Date.now(), archivedAt: null, rev: 1 };
    await insertSpace(forTenant(env, principal), row, principal.memberId);
    return tagged(spaceFromRow({ ...row, orgId: principal.orgId }, "lead", 1), 201);
  },
});

const read = defineRoute({
  method: "get",
  path: "/spaces/:id",
  summary: "One space",
  tag,
  policy: within("space.read"),
  params,
  response: space,
  problems: ["unauthenticated", "forbidden", "not_found"],
  handle: async ({ env, principal, params: { id } }) => tagged(await told(env, principal, id)),
});

const patch = defineRoute({
  method: "patch",
  path: "/spaces/:id",
  summary: "Rename a space, open or close it, archive it or take it back",
  tag,
  policy: within("space.manage"),
  audit: {
    action: "space.change",
    before: ({ env, principal, params }) => findSpace(forTenant(env, principal), params.id),
  },
  params,
  body: spacePatch,
  response: space,
  problems: ["invalid", "unauthenticated", "forbidden", "not_found", "rev_mismatch"],
  async handle({ env, principal, params: { id }, body, request }) {
    const db = forTenant(env, principal);
    const known = await mustReach(db, principal, { id, action: "space.manage" });
    requireRev(request, known.rev);
    if (!(await updateSpace(db, known, { patch: body, now: Date.now() }))) throw revMismatch();
    if (known.visibility === "open" && body.visibility === "private")
      await closeOrgSockets(
        env,
        db.orgId,
        (await listSpaceMembers(db, id)).map((one) => one.memberId),
      );
    return tagged(await told(env, principal, id));
  },
});

const members = defineRoute({
  method: "get",
  path: "/spaces/:id/members",
  summary: "Who was put into a space; of an open one every member takes part",
  tag,
  policy: within("space.read"),
  params,
  response: z.object({ items: z.array(spaceMember), nextCursor: z.null() }),
  problems: ["unauthenticated", "forbidden", "not_found"],
  async handle({ env, principal, params: { id } }) {
    const db = forTenant(env, principal);
    await mustReach(db, principal, { id, action: "space.read" });
    return { items: await listSpaceMembers(db, id), nextCursor: null };
  },
});

const put = defineRoute({
  method: "put",
  path: "/spaces/:id/members/:memberId",
  summary: "Put a member into a space, or give them another role there",
  tag,
  policy: within("space.manage"),
  audit: "space.member_change",
  params: memberParams,
  body: spaceMemberPut,
  status: 204,
  problems: ["invalid", "unauthenticated", "forbidden", "not_found", "conflict"],
  async handle({ env, principal, params, body }) {
    const db = forTenant(env, principal);
    await mustReach(db, principal, { id: params.id, action: "space.manage" });
    const member = await findMember(db, params.memberId);
    if (member?.state !== "active") throw new ProblemError({ code: "not_found", detail: "There is no such member." });
    if (!(await putSpaceMember(db, params.id, { memberId: member.id, role: body.role }))) throw lastLead();
    await closeMemberSockets(env, db.orgId, { memberId: member.id });
  },
});

const drop = defineRoute({
  method: "delete",
  path: "/spaces/:id/members/:memberId",
  summary: "Take a member out of a space, or leave it",
  tag,
  policy: within("space.leave"),
  audit: "space.member_remove",
  params: memberParams,
  status: 204,
  problems: ["unauthenticated", "forbidden", "not_found", "conflict"],
  async handle({ env, principal, params }) {
    const db = forTenant(env, principal);
    const action = params.memberId === principal.memberId ? "space.leave" : "space.manage";
    const known = await mustReach(db, principal, { id: params.id, action });
    if (known.visibility === "personal")
      throw new ProblemError({ code: "conflict", detail: "A personal space keeps its owner." });
    const end = await dropSpaceMember(db, params.id, params.memberId);
    if (end === "last_lead") throw lastLead();
    if (end === "absent") throw new ProblemError({ code: "not_found", detail: "They are not in this space." });
    await closeMemberSockets(env, db.orgId, { memberId: params.memberId });
  },
});

export const spaceRoutes: AnyRoute[] = [list, create, read, patch, members, put, drop];

/** `not_found` at the field where a space that is granted is none in which people can be put. */
export async function requireSpaces(db: TenantDb, grants: SpaceGrant[]): Promise<void> {
  const ids = grants.map((one) => one.spaceId);
  const known = await spacesIn(db, ids);
  const wrong = ids.findIndex((id) => !known.includes(id));
  if (wrong < 0) return;
  const fields = [{ field: `spaces.${wrong}.spaceId`, message: "names no space of this organisation" }];
  throw new ProblemError({
    code: "not_found",
    detail: `${fields[0]?.field}: names no space of this organisation.`,
    fields,
  });
}

/** The space where the member may do this; `not_found` where they may not even see it. */
async function mustReach(
  db: TenantDb,
  principal: MemberPrincipal,
  wanted: { id: string; action: SpaceAction },
): Promise<SpaceRow> {
  const row = await findSpace(db, wanted.id);
  const resource = row && ({ kind: "space", id: row.id, visibility: row.visibility } as const);
  if (!row || !resource || !can(principal, "space.read", resource))
    throw new ProblemError({ code: "not_found", detail: "There is no such space." });
  if (!can(principal, wanted.action, resource))
    throw new ProblemError({ code: "forbidden", detail: "Only a lead of this space may do this." });
  return row;
}

async function told(env: Env, principal: MemberPrincipal, id: string): Promise<Space> {
  const db = forTenant(env, principal);
  const row = await mustReach(db, principal, { id, action: "space.read" });
  return spaceFromRow(row, principal.spaces[id] ?? null, (await listSpaceMembers(db, id)).length);
}

const lastLead = () =>
  new ProblemError({ code: "conflict", detail: "The last lead stays one. Make somebody else a lead first." });
