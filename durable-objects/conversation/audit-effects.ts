import { type AuditAction, type AuditRecord, auditRecord } from "#contract/audit";
import type { ConversationHead } from "#contract/conversation";
import type { Envelope, EventOf } from "#contract/event";

type Told = Pick<AuditRecord, "action"> & Partial<Pick<AuditRecord, "after">> & { target: string; name?: string };

const DECISIONS = {
  approve: "approval.approve",
  always: "approval.approve_always",
  deny: "approval.deny",
} as const satisfies Record<EventOf<"approval.decided">["decision"], AuditAction>;

/** The entry that an event leaves in the org's audit log, if it is of those that do. Pure (spec identity.md §6). */
export function auditOf(
  { event, by, at, conversationId }: Envelope,
  before: ConversationHead | null,
): AuditRecord | null {
  const told = toldBy(event, before);
  if (told === null) return null;
  const { name, target, ...rest } = told;
  return {
    at,
    actor: { ...by, name: name ?? nameOf(before, by.memberId), via: null },
    target: `${conversationId}/${target}`.slice(0, 300),
    outcome: "done",
    before: null,
    after: null,
    address: null,
    userAgent: null,
    requestId: null,
    ...rest,
  };
}

function toldBy(event: Envelope["event"], before: ConversationHead | null): Told | null {
  switch (event.type) {
    case "approval.decided":
      return {
        action: DECISIONS[event.decision],
        target: event.approvalId,
        name: nameOf(before, event.memberId),
        after: digestOf(before, event.approvalId),
      };
    case "git.pushed":
      return { action: "git.pushed", target: `${event.branch}@${event.commit}` };
    case "participant.joined":
      return { action: "participant.join", target: event.memberId };
    case "participant.left":
      return { action: "participant.leave", target: event.memberId };
    default:
      return null;
  }
}

/** The digest of the exact arguments that were decided upon. */
function digestOf(before: ConversationHead | null, approvalId: string): string | null {
  const digest = before?.approvals.find((one) => one.id === approvalId)?.digest;
  return auditRecord.shape.after.safeParse(digest).data ?? null;
}

function nameOf(head: ConversationHead | null, memberId: string): string {
  return head?.participants.find((one) => one.memberId === memberId)?.name ?? "";
}
