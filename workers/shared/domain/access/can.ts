import type { Scope } from "#contract/api-key";
import type { OrgRole, SpaceRole } from "#contract/member";
import type { SpaceVisibility } from "#contract/space";
import {
  type Action,
  CONVERSATION_ACTIONS,
  type ConversationAction,
  ORG_ACTIONS,
  type OrgAction,
  SPACE_ACTIONS,
  type SpaceAction,
} from "./actions.ts";

/** What a decision on access reads of a member, whether a person, a key or an agent speaks for it. */
export interface Subject {
  memberId: string;
  role: OrgRole;
  /** The spaces this member takes part in: every open one for who is no guest, and those it was added to. */
  spaces: Record<string, SpaceRole>;
  /** Null: everything that the member may do. */
  scopes: readonly Scope[] | null;
}

export interface ConversationResource {
  kind: "conversation";
  /** Null: it belongs to everybody in the org who is no guest. */
  spaceId: string | null;
  participantIds: readonly string[];
}
export interface SpaceResource {
  kind: "space";
  id: string;
  visibility: SpaceVisibility;
}
/** A member as it is, or the role that is to be granted. */
export interface MemberResource {
  kind: "member";
  role: OrgRole;
}
export interface OrgResource {
  kind: "org";
}
export type Resource = OrgResource | ConversationResource | SpaceResource | MemberResource;

const RANK: Record<OrgRole, number> = { guest: 0, member: 1, admin: 2, owner: 3 };
const SPACE_RANK: Record<SpaceRole, number> = { viewer: 0, member: 1, lead: 2 };

/**
 * Whether a member may do something to something of its own org: org role, space role and membership of the conversation
 * together, and of a token its scopes. What is not listed is refused. Pure (spec/identity.md §3).
 */
export function can(subject: Subject, action: Action, resource: Resource): boolean {
  if (resource.kind === "org") return isOrgAction(action) && canInOrg(subject, action);
  if (resource.kind === "conversation") return isConversationAction(action) && canIn(subject, action, resource);
  if (resource.kind === "space") return isSpaceAction(action) && canInSpace(subject, action, resource);
  return canWithMember(subject, action, resource);
}

/** Whether there may be a conversation or space to which a member may do this: the part that role and scopes decide. */
export function mayEver(subject: Subject, action: ConversationAction | SpaceAction): boolean {
  if (isConversationAction(action)) {
    return canIn(subject, action, { kind: "conversation", spaceId: null, participantIds: [subject.memberId] });
  }
  return subject.role !== "guest" && hasScope(subject, SPACE_ACTIONS[action].scope);
}

/** How far a member gets into a conversation. */
export function accessTo(
  subject: Subject,
  { spaceId, participantIds }: ConversationResource,
): "none" | "read" | "write" {
  if (participantIds.includes(subject.memberId)) return "write";
  if (subject.role === "guest") return "none";
  if (spaceId === null) return "write";
  const role = Object.hasOwn(subject.spaces, spaceId) ? subject.spaces[spaceId] : undefined;
  if (role === undefined) return "none";
  return role === "viewer" ? "read" : "write";
}

function canInOrg(subject: Subject, action: OrgAction): boolean {
  const need = ORG_ACTIONS[action];
  return hasScope(subject, need.scope) && RANK[subject.role] >= RANK[need.role];
}

function canIn(subject: Subject, action: ConversationAction, resource: ConversationResource): boolean {
  const need = CONVERSATION_ACTIONS[action];
  const access = accessTo(subject, resource);
  const enough = access === "write" || (access === "read" && need.access === "read");
  return enough && hasScope(subject, need.scope) && RANK[subject.role] >= RANK[need.role];
}

/** Administrators look after spaces they are not in, but not after somebody's own. */
function canInSpace(subject: Subject, action: SpaceAction, { id, visibility }: SpaceResource): boolean {
  const need = SPACE_ACTIONS[action];
  if (subject.role === "guest" || !hasScope(subject, need.scope)) return false;
  const role = Object.hasOwn(subject.spaces, id) ? subject.spaces[id] : undefined;
  if (action === "space.manage" && visibility === "personal") return false;
  if (role !== undefined && SPACE_RANK[role] >= SPACE_RANK[need.role]) return true;
  return visibility !== "personal" && RANK[subject.role] >= RANK.admin;
}

/** Nobody touches or makes a member above themselves. */
function canWithMember(subject: Subject, action: Action, { role }: MemberResource): boolean {
  if (action !== "member.change" && action !== "member.grant") return false;
  return canInOrg(subject, "members.manage") && RANK[role] <= RANK[subject.role];
}

function hasScope({ scopes }: Subject, scope: Scope): boolean {
  return scopes === null || scopes.includes(scope);
}

const isOrgAction = (action: Action): action is OrgAction => Object.hasOwn(ORG_ACTIONS, action);
const isConversationAction = (action: Action): action is ConversationAction =>
  Object.hasOwn(CONVERSATION_ACTIONS, action);
const isSpaceAction = (action: Action): action is SpaceAction => Object.hasOwn(SPACE_ACTIONS, action);
