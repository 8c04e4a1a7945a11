import { z } from "zod";
import { configOf } from "#platform/config";
import { hostUrl } from "#platform/hosts";
import { ProblemError } from "#platform/problem-response";
import { auditAccount } from "../audit.ts";
import { acceptInvitation, openInvitation } from "../invitations.ts";
import { byAddress } from "../limits.ts";
import { accountRoute } from "../route.ts";

const shown = z.strictObject({ token: z.string().max(200) });

/** A POST, since the secret of the link is sent in the body and never in an address. */
const read = accountRoute({
  method: "post",
  path: "/invitations/read",
  summary: "What an invitation is for",
  policy: "anyone",
  body: shown,
  limits: ({ request }) => [byAddress("invitation", request, 60)],
  async handle({ env, body }) {
    const { org, row } = await openInvitation(env, body.token);
    const { email, role, expiresAt } = row;
    return { org: { slug: org.slug, name: org.name }, email, role, expiresAt: new Date(expiresAt).toISOString() };
  },
});

const accept = accountRoute({
  method: "post",
  path: "/invitations/accept",
  summary: "Accept an invitation as the one who is signed in",
  policy: "signed_in",
  body: shown,
  limits: ({ request }) => [byAddress("invitation", request, 60)],
  async handle({ env, request, requestId, signedIn, body }) {
    const invitation = await openInvitation(env, body.token);
    if (invitation.row.email !== signedIn.account.email)
      throw new ProblemError({
        code: "forbidden",
        detail: `The invitation is for ${invitation.row.email}. Sign in with that address to accept it.`,
      });
    await acceptInvitation(env, invitation, signedIn.account);
    await auditAccount(env, "invitation.accept", { account: signedIn.account, request, requestId });
    return { url: `${hostUrl(configOf(env), invitation.org.slug)}/` };
  },
});

export const invitationRoutes = [read, accept];
