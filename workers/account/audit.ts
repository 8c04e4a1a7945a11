import type { AuditAction } from "#contract/audit";
import type { ProblemCode } from "#contract/problem";
import { type AccountRow, findAccount, membershipsOf } from "#data/accounts";
import { auditRecord, recordAudit } from "#platform/audit";
import type { Env } from "#platform/env";
import { logEvent } from "#platform/log";
import { newId } from "#platform/new-id";

export interface AccountAct {
  account: Pick<AccountRow, "id" | "name">;
  request: Request;
  requestId: string;
  /** Why it was refused; absent: it was done. */
  code?: ProblemCode;
  /** The one org that it is for; absent: all of them. */
  orgId?: string | undefined;
}

/** What a person did to their own account, in the audit log of every org it is for. A log that fails keeps nobody out. */
export async function auditAccount(env: Env, action: AuditAction, act: AccountAct): Promise<void> {
  const { account, request, requestId, code, orgId } = act;
  for (const { member, org } of await membershipsOf(env, account.id)) {
    if (orgId !== undefined && org.id !== orgId) continue;
    const actor = { memberId: member.id, kind: "human", name: account.name.slice(0, 200), via: null } as const;
    const outcome = code === undefined ? ({ outcome: "done" } as const) : ({ outcome: "refused", code } as const);
    const entry = auditRecord({ action, actor, target: null, request, requestId, ...outcome });
    await recordAudit(env, org.id, [entry]).catch((error: unknown) =>
      logEvent(env, "audit.end_lost", { orgId: org.id, requestId, action, error }),
    );
  }
}

/** A sign-in that was done, or tried with an account's address. */
export function auditSignIn(env: Env, act: AccountAct): Promise<void> {
  return auditAccount(env, "account.sign_in", act);
}

/** A sign-in at an identity provider, which `auth.BASE` handed over; `orgId` where that is an org's own. */
export async function auditHandover(
  env: Env,
  request: Request,
  to: { accountId: string; orgId: string | null },
): Promise<void> {
  const account = await findAccount(env, to.accountId);
  const orgId = to.orgId ?? undefined;
  if (account) await auditSignIn(env, { account, request, requestId: newId("request"), orgId });
}
