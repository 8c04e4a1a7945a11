import { z } from "zod";

/** The prefix of each noun's id (product.md §2). */
export const ID_PREFIXES = {
  org: "org",
  account: "acc",
  member: "mem",
  space: "spc",
  conversation: "cnv",
  message: "msg",
  agent: "agt",
  thread: "thr",
  run: "run",
  group: "grp",
  item: "itm",
  approval: "apr",
  question: "qst",
  sandbox: "sbx",
  snapshot: "snp",
  repository: "rep",
  provider: "prv",
  file: "fil",
  request: "req",
  mail: "mai",
  session: "ses",
  invitation: "inv",
  apiKey: "key",
  credential: "crd",
  identityProvider: "idp",
} as const;

export type IdNoun = keyof typeof ID_PREFIXES;

/** A prefixed, time-sortable id: `<prefix>_` and a UUIDv7 as 32 lower-case hex digits. */
export function idSchema(noun: IdNoun) {
  const prefix = ID_PREFIXES[noun];
  return z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `must be ${prefix}_ followed by 32 hex digits`)
    .meta({ example: `${prefix}_0197a0c0f00070008000000000000001` });
}

export const orgId = idSchema("org");
export const memberId = idSchema("member");
export const conversationId = idSchema("conversation");
export const messageId = idSchema("message");
export const agentId = idSchema("agent");
export const threadId = idSchema("thread");
export const runId = idSchema("run");
export const groupId = idSchema("group");
export const itemId = idSchema("item");
export const approvalId = idSchema("approval");
export const questionId = idSchema("question");
export const sandboxId = idSchema("sandbox");
export const snapshotId = idSchema("snapshot");
export const repositoryId = idSchema("repository");
export const providerId = idSchema("provider");
export const fileId = idSchema("file");
export const accountId = idSchema("account");
export const spaceId = idSchema("space");
export const sessionId = idSchema("session");
export const invitationId = idSchema("invitation");
export const apiKeyId = idSchema("apiKey");
export const credentialId = idSchema("credential");
export const identityProviderId = idSchema("identityProvider");

/** Milliseconds since the epoch inside; edges print ISO 8601 UTC. */
export const timestamp = z.iso.datetime().meta({ example: "2026-11-20T08:00:00.000Z" });

/** A client's own key for a command; a repeat returns the first result (CV3). */
export const clientKey = z.string().min(1).max(128);
