import { z } from "zod";
import { approvalId, itemId, memberId, questionId, runId, timestamp } from "./ids.ts";

export const ASK_TTL_MS = 24 * 60 * 60 * 1000;

/**
 * A tool call that waits for a person. It is bound to the caller (the run), the tool and `digest`, the SHA-256 of the
 * exact arguments, and is used once; `always` lets the same tool and `pattern` pass for the rest of the conversation.
 */
export const approval = z.object({
  id: approvalId,
  runId,
  itemId,
  tool: z.string(),
  /** One line a person can judge by, such as `npm test` or `git push origin main`. */
  summary: z.string(),
  args: z.record(z.string(), z.unknown()),
  digest: z.string(),
  /** What `always` would cover, such as `npm test*`. */
  pattern: z.string(),
  status: z.enum(["pending", "approved", "denied", "expired"]),
  scope: z.enum(["once", "always"]).nullable(),
  decidedBy: memberId.nullable(),
  reason: z.string().nullable(),
  requestedAt: timestamp,
  expiresAt: timestamp,
});
export type Approval = z.infer<typeof approval>;

export const approvalDecision = z.strictObject({
  decision: z.enum(["approve", "always", "deny"]),
  reason: z.string().max(2000).optional(),
});
export type ApprovalDecision = z.infer<typeof approvalDecision>;

export const questionOption = z.object({
  label: z.string().min(1).max(500),
  description: z.string().max(2000).optional(),
});

export const question = z.object({
  id: questionId,
  runId,
  itemId,
  text: z.string(),
  options: z.array(questionOption),
  multiple: z.boolean(),
  allowCustom: z.boolean(),
  status: z.enum(["pending", "answered", "dismissed", "expired"]),
  answers: z.array(z.string()),
  answeredBy: memberId.nullable(),
  askedAt: timestamp,
  expiresAt: timestamp,
});
export type Question = z.infer<typeof question>;

export const questionAnswer = z.union([
  z.strictObject({ answers: z.array(z.string().min(1).max(8000)).min(1).max(20) }),
  z.strictObject({ dismiss: z.literal(true) }),
]);
export type QuestionAnswer = z.infer<typeof questionAnswer>;
