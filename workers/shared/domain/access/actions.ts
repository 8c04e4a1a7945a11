import type { Scope } from "#contract/api-key";

/** What an action needs: a role in the org at the least, and of a token a scope. */
interface OrgNeed {
  role: "guest" | "member" | "admin" | "owner";
  scope: Scope;
}

/** Actions on the org as a whole. */
export const ORG_ACTIONS = {
  "org.read": { role: "guest", scope: "read" },
  "org.manage": { role: "admin", scope: "admin" },
  "org.delete": { role: "owner", scope: "admin" },
  "account.read": { role: "guest", scope: "read" },
  "account.manage": { role: "guest", scope: "admin" },
  "members.list": { role: "member", scope: "read" },
  "members.manage": { role: "admin", scope: "admin" },
  "keys.manage": { role: "admin", scope: "admin" },
  "spaces.list": { role: "member", scope: "read" },
  "spaces.create": { role: "member", scope: "write" },
  "conversations.list": { role: "guest", scope: "read" },
  "conversations.create": { role: "member", scope: "write" },
  "files.read": { role: "guest", scope: "read" },
  "files.create": { role: "guest", scope: "write" },
  "models.list": { role: "guest", scope: "read" },
  "repositories.list": { role: "member", scope: "read" },
  "repositories.create": { role: "member", scope: "write" },
  "repositories.manage": { role: "admin", scope: "admin" },
  "budgets.read": { role: "member", scope: "read" },
  "budgets.manage": { role: "admin", scope: "admin" },
  "providers.manage": { role: "admin", scope: "admin" },
  "audit.read": { role: "admin", scope: "admin" },
} as const satisfies Record<string, OrgNeed>;
export type OrgAction = keyof typeof ORG_ACTIONS;

/** What an action on a conversation needs: how far the principal gets into it, and of a token a scope. */
interface ConversationNeed {
  access: "read" | "write";
  role: "guest" | "member" | "admin";
  scope: Scope;
}

/** Guests talk; what changes the code, the machine or who is here is for members. */
export const CONVERSATION_ACTIONS = {
  "conversation.read": { access: "read", role: "guest", scope: "read" },
  "conversation.post": { access: "write", role: "guest", scope: "runs" },
  "conversation.decide": { access: "write", role: "member", scope: "runs" },
  "conversation.change": { access: "write", role: "member", scope: "write" },
  "conversation.code": { access: "write", role: "member", scope: "runs" },
  "conversation.leave": { access: "read", role: "guest", scope: "write" },
  "conversation.record": { access: "read", role: "admin", scope: "admin" },
  "conversation.purge": { access: "read", role: "admin", scope: "admin" },
} as const satisfies Record<string, ConversationNeed>;
export type ConversationAction = keyof typeof CONVERSATION_ACTIONS;

/** What an action on a space needs of its lead, or of an administrator where it is not somebody's own. */
export const SPACE_ACTIONS = {
  "space.read": { role: "viewer", scope: "read" },
  "space.leave": { role: "viewer", scope: "write" },
  "space.manage": { role: "lead", scope: "write" },
} as const satisfies Record<string, { role: "viewer" | "lead"; scope: Scope }>;
export type SpaceAction = keyof typeof SPACE_ACTIONS;

/** What an action on one member needs. */
export type MemberAction = "member.change" | "member.grant";

export type Action = OrgAction | ConversationAction | SpaceAction | MemberAction;
