import { z } from "zod";
import { passwordForgotten, passwordReset } from "#contract/account";
import { accountByEmail, findAccount, updateAccount } from "#data/accounts";
import { pageUrl } from "#platform/links";
import { canMail, sendMail } from "#platform/mailer";
import { MAILS } from "#platform/mails";
import { issueCode, readCode, redeemCode, voidCodes } from "#platform/one-time-codes";
import { digestPassword } from "#platform/passwords";
import { ProblemError } from "#platform/problem-response";
import { endSessions } from "#platform/sessions";
import { auditAccount } from "../audit.ts";
import { byAddress, byEmail } from "../limits.ts";
import { accountRoute } from "../route.ts";
import { refuseWeak, usedLink } from "./register.ts";
import { requirePasswords, signedInAnswer } from "./session.ts";

const RESET_MS = 60 * 60_000;
/** `verifies`: the link went to the address alone, so that who has it has the address. */
const payload = z.object({ accountId: z.string(), verifies: z.boolean() });

const forgotten = accountRoute({
  method: "post",
  path: "/password/forgotten",
  summary: "Send a link for a new password, where the address has an account",
  policy: "anyone",
  body: passwordForgotten,
  status: 202,
  limits: ({ request, body }) => [byAddress("forgotten", request, 20), byEmail("forgotten", body.email, 3)],
  async handle({ env, body }) {
    requirePasswords(env);
    if (!canMail(env))
      throw new ProblemError({ code: "unavailable", detail: "No mail is sent here. Ask an administrator for a link." });
    const account = await accountByEmail(env, body.email);
    const ttlMs = RESET_MS;
    const token = await issueCode(env, "set_password", {
      payload: { accountId: account?.id ?? "", verifies: true },
      ttlMs,
    });
    if (account && account.status !== "suspended")
      await sendMail(env, MAILS.reset(body.email, pageUrl(env, "reset", token)));
    return { sent: true };
  },
});

const reset = accountRoute({
  method: "post",
  path: "/password/reset",
  summary: "Set a password by a link, and sign in; every other session and link ends",
  policy: "anyone",
  body: passwordReset,
  limits: ({ request }) => [byAddress("reset", request, 60)],
  async handle({ env, request, requestId, body }) {
    requirePasswords(env);
    const shown = { purpose: "set_password", secret: body.token } as const;
    const known = await readCode(env, shown, payload);
    const account = known && (await findAccount(env, known.accountId));
    if (!account || account.status === "suspended") throw usedLink();
    refuseWeak(body.password, account);
    if (!(await redeemCode(env, shown, payload))) throw usedLink();
    const emailVerifiedAt = account.emailVerifiedAt ?? (known.verifies ? Date.now() : null);
    const passwordDigest = await digestPassword(body.password);
    const status = account.status === "pending" && !known.verifies ? "pending" : "active";
    await updateAccount(env, account.id, { passwordDigest, emailVerifiedAt, status });
    await voidCodes(env, { purpose: shown.purpose, accountId: account.id });
    await endSessions(env, { accountId: account.id });
    await auditAccount(env, "account.password_reset", { account, request, requestId });
    return signedInAnswer(env, request, account);
  },
});

export const passwordRoutes = [forgotten, reset];
