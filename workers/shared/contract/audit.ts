import { z } from "zod";
import { orgId, timestamp } from "./ids.ts";
import { memberKind } from "./member.ts";
import { pageOf, pageQuery } from "./page.ts";
import { problemCode } from "./problem.ts";

/** What is audited (spec identity.md §6): noun and verb. A new one is added here first. */
export const AUDIT_ACTIONS = [
  "account.register",
  "account.sign_in",
  "account.sign_out",
  "account.change",
  "account.password_change",
  "account.password_reset",
  "account.identity_link",
  "session.revoke",
  "org.create",
  "org.change",
  "org.delete",
  "org.restore",
  "org.purge",
  "member.create",
  "member.change",
  "member.role_change",
  "member.suspend",
  "member.restore",
  "member.remove",
  "invitation.create",
  "invitation.accept",
  "invitation.revoke",
  "space.create",
  "space.change",
  "space.delete",
  "space.member_add",
  "space.member_change",
  "space.member_remove",
  "api_key.create",
  "api_key.change",
  "api_key.revoke",
  "credential.create",
  "credential.rotate",
  "credential.revoke",
  "secret.set",
  "secret.remove",
  "identity_provider.create",
  "identity_provider.change",
  "identity_provider.remove",
  "identity_provider.check",
  "provider.create",
  "provider.change",
  "provider.remove",
  "provider.check",
  "repository.create",
  "repository.change",
  "repository.remove",
  "budget.change",
  "file.upload",
  "conversation.export",
  "conversation.recording",
  "conversation.purge",
  "participant.join",
  "participant.leave",
  "approval.approve",
  "approval.approve_always",
  "approval.deny",
  "sandbox.push",
  "sandbox.start",
  "sandbox.stop",
  "sandbox.restart",
  "sandbox.terminal",
  "sandbox.exec",
  "sandbox.exec_end",
  "workspace.write",
  "workspace.delete",
  "workspace.discard",
  "git.commit",
  "git.push",
  "git.pushed",
  "audit.export",
  "audit.policy_change",
] as const;
export const auditAction = z.enum(AUDIT_ACTIONS);
export type AuditAction = z.infer<typeof auditAction>;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const seq = z.number().int().positive();

/** How the actor was known; null where the entry comes from a conversation's log, which does not keep it. */
export const auditVia = z.enum(["session", "api_key", "agent_token", "proxy", "none", "sandbox", "system"]).nullable();
export type AuditVia = z.infer<typeof auditVia>;

/** Who did it. `memberId` is null where nobody of the org did, as in a refused sign-in. */
export const auditActor = z.strictObject({
  memberId: z.string().max(64).nullable(),
  kind: memberKind,
  name: z.string().max(200),
  via: auditVia,
});
export type AuditActor = z.infer<typeof auditActor>;

/**
 * `done`: let through; stored before it was done. Where it was refused or failed after that, a second entry of the same
 * `requestId` says so with the problem's code.
 */
export const auditOutcome = z.enum(["done", "refused", "failed"]);
export type AuditOutcome = z.infer<typeof auditOutcome>;

/** What somebody does, before it has its place in the log. `before` and `after` are SHA-256 of the canonical JSON of what was and what is asked for. */
export const auditRecord = z.strictObject({
  at: timestamp,
  actor: auditActor,
  action: auditAction,
  target: z.string().max(300).nullable(),
  outcome: auditOutcome,
  code: problemCode.optional(),
  before: digest.nullable(),
  after: digest.nullable(),
  /** The caller's network: an IPv4 /24 or an IPv6 /48, never the whole address. */
  address: z.string().max(64).nullable(),
  userAgent: z.string().max(200).nullable(),
  requestId: z.string().max(64).nullable(),
});
export type AuditRecord = z.infer<typeof auditRecord>;

/** One entry of the log. Stored ones are read loosely: an action that this version does not know is kept and shown. */
export const auditEntry = z.looseObject({
  ...auditRecord.shape,
  seq,
  action: z.string(),
  code: z.string().optional(),
});

/** An entry as it is listed: with its place in the chain. */
export const chainedEntry = z.object({ ...auditEntry.shape, prev: digest, digest });
export type ChainedEntry = z.infer<typeof chainedEntry>;
export const auditPage = pageOf(chainedEntry);

/** Newest first. `action` is a whole action or its noun, such as `provider`. */
export const auditQuery = pageQuery.extend({
  actor: z.string().min(1).max(64).optional(),
  action: z
    .string()
    .regex(/^[a-z_]+(?:\.[a-z_]*)?$/, "must be an action, such as provider.change, or its beginning")
    .max(64)
    .optional(),
  target: z.string().min(1).max(300).optional(),
  from: timestamp.optional(),
  to: timestamp.optional(),
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, "is none that this list gave")
    .optional(),
});
export type AuditQuery = z.infer<typeof auditQuery>;

/** How long entries are kept: 0 is for ever. Less than 30 days is no record. */
export const auditPolicy = z.strictObject({
  retentionDays: z
    .number()
    .int()
    .max(3650)
    .refine((days) => days === 0 || days >= 30, "must be 0, which is for ever, or at least 30"),
});
export type AuditPolicy = z.infer<typeof auditPolicy>;

export const AUDIT_FORMAT = "quayside-audit";
export const AUDIT_VERSION = 1;

/** Where a chain begins: after the entry `seq`, whose digest this is. Before the first entry it is `{seq: 0}` with the digest of the org's name. */
export const auditCheckpoint = z.strictObject({ seq: count, digest });
export type AuditCheckpoint = z.infer<typeof auditCheckpoint>;

/** First line of an export: the checkpoint, which stands for everything that retention has removed. `events` counts what follows. */
export const auditHeader = z.strictObject({
  format: z.literal(AUDIT_FORMAT),
  version: z.literal(AUDIT_VERSION),
  orgId,
  exportedAt: timestamp,
  checkpoint: auditCheckpoint,
  events: count,
});
export type AuditHeader = z.infer<typeof auditHeader>;

/** Last line. `digest` is that of the last entry, of the checkpoint where there is none; `header` that of the first line. */
export const auditFooter = z.strictObject({ type: z.literal("end"), events: count, digest, header: digest });
export type AuditFooter = z.infer<typeof auditFooter>;
