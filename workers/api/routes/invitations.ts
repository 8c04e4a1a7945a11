import { z } from "zod";
import { invitationId } from "#contract/ids";
import { INVITATION_DAYS, invitation, invitationCreate, invitationCreated } from "#contract/membership";
import { insertInvitation, listInvitations, revokeInvitation } from "#data/invitations";
import { memberByEmail } from "#data/members";
import { forTenant } from "#data/tenant-db";
import { newInvitationToken } from "#platform/invitation-token";
import { pageUrl } from "#platform/links";
import { sendUnasked } from "#platform/mailer";
import { MAILS } from "#platform/mails";
import { newId } from "#platform/new-id";
import { allow } from "#platform/policy";
import { ProblemError } from "#platform/problem-response";
import { sha256Hex } from "#platform/random-token";
import { limit } from "#platform/rate-limit";
import { type AnyRoute, defineRoute } from "#platform/route";
import { invitesOf, refuseReach } from "./members.ts";
import { requireSpaces } from "./spaces.ts";

const tag = "Members";
const DAY_MS = 24 * 60 * 60_000;

const list = defineRoute({
  method: "get",
  path: "/invitations",
  summary: "The newest hundred invitations and what became of them",
  tag,
  policy: allow("members.manage"),
  response: z.object({ items: z.array(invitation), nextCursor: z.null() }),
  problems: ["unauthenticated", "forbidden"],
  handle: async ({ env, principal }) => ({
    items: await listInvitations(forTenant(env, principal), Date.now()),
    nextCursor: null,
  }),
});

const create = defineRoute({
  method: "post",
  path: "/invitations",
  summary: "Invite somebody by e-mail; the link works once, is told once, and replaces an earlier one",
  tag,
  policy: allow("members.manage"),
  audit: { action: "invitation.create", target: ({ body }) => body.email },
  body: invitationCreate,
  response: invitationCreated,
  status: 201,
  problems: ["invalid", "unauthenticated", "forbidden", "not_found", "conflict", "rate_limited"],
  async handle({ env, principal, body }) {
    refuseReach(principal, body.role, "role");
    const db = forTenant(env, principal);
    await limit(env, invitesOf(principal.orgId));
    await requireSpaces(db, body.spaces);
    const known = await memberByEmail(db, body.email);
    if (known && known.state !== "removed") {
      const fields = [{ field: "email", message: "is a member already" }];
      throw new ProblemError({ code: "conflict", detail: "email: is a member already.", fields });
    }
    const [token, now] = [newInvitationToken(principal.orgId), Date.now()];
    const made = await insertInvitation(db, {
      ...{ id: newId("invitation"), email: body.email, role: body.role, spaces: JSON.stringify(body.spaces) },
      ...{ tokenHash: await sha256Hex(token), invitedBy: principal.memberId, createdAt: now },
      ...{ expiresAt: now + INVITATION_DAYS * DAY_MS, acceptedAt: null, revokedAt: null },
    });
    const link = pageUrl(env, "invitation", token);
    return { invitation: made, link, mailed: await sendUnasked(env, MAILS.invitation(body.email, link)) };
  },
});

const revoke = defineRoute({
  method: "delete",
  path: "/invitations/:id",
  summary: "Take an open invitation back",
  tag,
  policy: allow("members.manage"),
  audit: "invitation.revoke",
  params: z.object({ id: invitationId }),
  status: 204,
  problems: ["unauthenticated", "forbidden", "not_found"],
  async handle({ env, principal, params: { id } }) {
    if (!(await revokeInvitation(forTenant(env, principal), id, Date.now())))
      throw new ProblemError({ code: "not_found", detail: "There is no such open invitation." });
  },
});

export const invitationRoutes: AnyRoute[] = [list, create, revoke];
