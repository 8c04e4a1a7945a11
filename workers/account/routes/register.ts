import { z } from "zod";
import { type Registered, register } from "#contract/account";
import { type AccountRow, accountByEmail, findAccount, insertAccount, updateAccount } from "#data/accounts";
import { findOrg, findOrgBySlug, type OrgRow } from "#data/orgs";
import { mayApply } from "#domain/account/admission";
import { weaknessOf } from "#domain/account/password-policy";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { pageUrl } from "#platform/links";
import { canMail, type Mail, sendMail } from "#platform/mailer";
import { MAILS } from "#platform/mails";
import { joinOrg, memberIn } from "#platform/membership";
import { newId } from "#platform/new-id";
import { issueCode, redeemCode } from "#platform/one-time-codes";
import { digestPassword } from "#platform/passwords";
import { ProblemError } from "#platform/problem-response";
import { auditSignIn } from "../audit.ts";
import { acceptInvitation, type FoundInvitation, openInvitation } from "../invitations.ts";
import { byAddress, byEmail } from "../limits.ts";
import { accountRoute } from "../route.ts";
import { requirePasswords, signedInAnswer } from "./session.ts";

const VERIFY_MS = 24 * 60 * 60_000;
const RESET_MS = 60 * 60_000;
/** The password is that of who asked for the link: it counts only once the address is shown to be theirs. */
const verification = z.object({ accountId: z.string(), orgId: z.string().nullable(), passwordDigest: z.string() });

type Wanted = z.output<typeof register>;

const create = accountRoute({
  method: "post",
  path: "/register",
  summary: "Make an account with a password",
  policy: "anyone",
  body: register,
  limits: ({ request, body }) => [byAddress("register", request, 20), byEmail("register", body.email, 5)],
  async handle({ env, request, requestId, body }) {
    requirePasswords(env);
    refuseWeak(body.password, body);
    const invitation = body.invitation === undefined ? null : await openInvitation(env, body.invitation);
    if (invitation) return registerInvited(env, { request, requestId, body, invitation });
    const org = body.org === undefined ? null : await applicableOrg(env, body.org, body.email);
    if (!org && (configOf(env).signUp !== "open" || !canMail(env))) throw closed();
    return registerApplicant(env, body, org);
  },
});

const verify = accountRoute({
  method: "post",
  path: "/verify",
  summary: "Confirm an e-mail address by the link that was sent to it, and sign in",
  policy: "anyone",
  body: z.strictObject({ token: z.string().max(200) }),
  limits: ({ request }) => [byAddress("verify", request, 60)],
  async handle({ env, request, requestId, body }) {
    const shown = { purpose: "verify_email", secret: body.token } as const;
    const found = await redeemCode(env, shown, verification);
    const account = found && (await findAccount(env, found.accountId));
    if (!found || !account || account.status === "suspended") throw usedLink();
    const { passwordDigest } = found;
    await updateAccount(env, account.id, { emailVerifiedAt: Date.now(), status: "active", passwordDigest });
    const active = (await findAccount(env, account.id)) ?? account;
    const org = found.orgId === null ? null : await findOrg(env, found.orgId);
    if (org) await memberIn(env, org, active);
    await auditSignIn(env, { account: active, request, requestId });
    return signedInAnswer(env, request, active);
  },
});

export const registerRoutes = [create, verify];

interface Invited {
  request: Request;
  requestId: string;
  body: Wanted;
  invitation: FoundInvitation;
}

/** An invitation vouches for its address: its link was sent there, or was handed over by somebody who may invite. */
async function registerInvited(env: Env, { request, requestId, body, invitation }: Invited): Promise<Response> {
  if (invitation.row.email !== body.email) {
    const fields = [{ field: "email", message: "is not the address that was invited" }];
    throw new ProblemError({ code: "forbidden", detail: "email: is not the address that was invited.", fields });
  }
  if (!(await insertAccount(env, await newAccount(body, "active"))))
    throw new ProblemError({ code: "conflict", detail: "There is an account with this address. Sign in to accept." });
  const account = await mustFind(env, body.email);
  await acceptInvitation(env, invitation, account);
  await auditSignIn(env, { account, request, requestId });
  return signedInAnswer(env, request, account);
}

/** The same answer, after the same work, for an address that has an account and for one that has none. */
async function registerApplicant(env: Env, body: Wanted, org: OrgRow | null): Promise<Registered> {
  const row = await newAccount(body, "pending");
  if (!canMail(env)) {
    const made = await insertAccount(env, row);
    if (made && org) {
      const account = await mustFind(env, body.email);
      await joinOrg(env, org.id, { account, entry: { role: "member", state: "pending", grants: [] } });
    }
    return { next: "wait_for_approval" };
  }
  await insertAccount(env, { ...row, passwordDigest: null });
  const account = await mustFind(env, body.email);
  const payload = { accountId: account.id, orgId: org?.id ?? null, passwordDigest: row.passwordDigest };
  const mail =
    account.status === "pending" ? await verificationMail(env, body.email, payload) : await knownMail(env, account);
  await sendMail(env, mail);
  return { next: "check_mail" };
}

async function verificationMail(env: Env, to: string, payload: z.infer<typeof verification>): Promise<Mail> {
  const token = await issueCode(env, "verify_email", { payload, ttlMs: VERIFY_MS });
  return MAILS.verify(to, pageUrl(env, "verify", token));
}

async function knownMail(env: Env, { id: accountId, email }: AccountRow): Promise<Mail> {
  const payload = { accountId, verifies: true };
  const token = await issueCode(env, "set_password", { payload, ttlMs: RESET_MS });
  return MAILS.known(email, pageUrl(env, "reset", token));
}

async function applicableOrg(env: Env, slug: string, email: string): Promise<OrgRow> {
  const org = await findOrgBySlug(env, slug);
  const row = org && (await findOrg(env, org.id));
  if (row && mayApply(row, email)) return row;
  throw closed();
}

async function newAccount(body: Wanted, status: "active" | "pending") {
  const passwordDigest = await digestPassword(body.password);
  const { email, name } = body;
  return { id: newId("account"), email, name, passwordDigest, status, createdAt: Date.now() };
}

async function mustFind(env: Env, email: string): Promise<AccountRow> {
  const account = await accountByEmail(env, email);
  if (account) return account;
  throw new ProblemError({ code: "conflict", detail: "The account is gone. Try again." });
}

/** `invalid` at the field where a password is one that others would guess. */
export function refuseWeak(password: string, owner: { email: string; name: string }): void {
  const why = weaknessOf(password, owner);
  if (why === null) return;
  throw new ProblemError({
    code: "invalid",
    detail: `password: ${why}.`,
    fields: [{ field: "password", message: why }],
  });
}

const closed = () =>
  new ProblemError({ code: "forbidden", detail: "People come in here by an invitation only.", reason: "not_admitted" });
export const usedLink = () =>
  new ProblemError({ code: "not_found", detail: "This link was used or is too old. Ask for a new one." });
