import { z } from "zod";
import { type AccountPatch, account, type PasswordChange, session } from "#contract/account";
import { type ApiKeyCreate, apiKey, apiKeyCreated } from "#contract/api-key";
import { type IdentityProviderCreate, type IdentityProviderPatch, identityProvider } from "#contract/identity-provider";
import type { SpaceRole } from "#contract/member";
import {
  type InvitationCreate,
  invitation,
  invitationCreated,
  type MemberCreate,
  type MemberPatch,
  memberCreated,
  orgMember,
} from "#contract/membership";
import { type OrgPatch, orgSettings } from "#contract/org";
import { pageOf } from "#contract/page";
import { type SpaceCreate, type SpacePatch, space, spaceMember } from "#contract/space";
import { type Api, ApiProblem } from "./api.ts";

type Call = Pick<Api, "call">;

const nothing = z.unknown();
const spaceList = z.object({ items: z.array(space) });
const at = (...parts: string[]) => `/api/${parts.map(encodeURIComponent).join("/")}`;
/** A request that holds only while the thing is as this page knows it. */
const against = (rev: number, method: string, body?: unknown): RequestInit => ({
  method,
  headers: { "if-match": `"${rev}"`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

/** Answers with a value where the api refuses with one of these statuses. */
export function unless<T>(statuses: number[], value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof ApiProblem && statuses.includes(error.status)) return value;
    throw error;
  };
}

export interface MemberQuery {
  q: string;
  role: string;
  state: string;
  cursor: string;
}

/** What the pages of one's own account ask; apart from the api that every page loads. */
export function personalApi({ call }: Call) {
  return {
    /** Null where nobody has an account: without sign-in, or behind a token. */
    readIfAny: () => call.get("/api/account", account).catch(unless([404], null)),
    change: (rev: number, body: AccountPatch) => call.send("/api/account", account, against(rev, "PATCH", body)),
    changePassword: (body: PasswordChange) => call.post("/api/account/password", nothing, body),
    sessions: () => call.get("/api/account/sessions", z.object({ items: z.array(session) })),
    endSession: (id: string) => call.send(at("account", "sessions", id), nothing, { method: "DELETE" }),
    endOtherSessions: () => call.send("/api/account/sessions/end-others", nothing, { method: "POST" }),
    keys: () => call.get("/api/api-keys", z.object({ items: z.array(apiKey) })),
    createKey: (body: ApiKeyCreate) => call.post("/api/api-keys", apiKeyCreated, body),
    revokeKey: (id: string) => call.send(at("api-keys", id), nothing, { method: "DELETE" }),
  };
}

/** What the pages of members, invitations and spaces ask. */
export function membersApi({ call }: Call) {
  return {
    members: (query: Partial<MemberQuery> & { limit?: string }) =>
      call.get(`/api/members${queryOf({ limit: "50", ...query })}`, pageOf(orgMember)),
    create: (body: MemberCreate) => call.post("/api/members", memberCreated, body),
    change: (id: string, rev: number, body: MemberPatch) =>
      call.send(at("members", id), orgMember, against(rev, "PATCH", body)),
    remove: (id: string) => call.send(at("members", id), nothing, { method: "DELETE" }),
    invitations: () => call.get("/api/invitations", z.object({ items: z.array(invitation) })),
    invite: (body: InvitationCreate) => call.post("/api/invitations", invitationCreated, body),
    revokeInvitation: (id: string) => call.send(at("invitations", id), nothing, { method: "DELETE" }),
    spaces: (archived = false) => call.get(`/api/spaces?archived=${archived}`, spaceList),
    /** None where the person is a guest, who sees no spaces. */
    spacesIfAny: () => call.get("/api/spaces", spaceList).then(({ items }) => items, unless([403], [])),
    /** Null where the person takes part in a conversation of a space they do not see. */
    spaceIfSeen: (id: string) => call.get(at("spaces", id), space).catch(unless([403, 404], null)),
    createSpace: (body: SpaceCreate) => call.post("/api/spaces", space, body),
    changeSpace: (id: string, rev: number, body: SpacePatch) =>
      call.send(at("spaces", id), space, against(rev, "PATCH", body)),
    spaceMembers: (id: string) => call.get(at("spaces", id, "members"), z.object({ items: z.array(spaceMember) })),
    putSpaceMember: (id: string, memberId: string, role: SpaceRole) =>
      call.json(at("spaces", id, "members", memberId), nothing, ["PUT", { role }]),
    dropSpaceMember: (id: string, memberId: string) =>
      call.send(at("spaces", id, "members", memberId), nothing, { method: "DELETE" }),
  };
}

/** What the pages of the organisation itself and of its identity providers ask. */
export function orgApi({ call }: Call) {
  return {
    read: () => call.get("/api/org", orgSettings),
    change: (rev: number, body: OrgPatch) => call.send("/api/org", orgSettings, against(rev, "PATCH", body)),
    remove: (slug: string) => call.send(`/api/org${queryOf({ slug })}`, nothing, { method: "DELETE" }),
    providers: () => call.get("/api/identity-providers", z.object({ items: z.array(identityProvider) })),
    createProvider: (body: IdentityProviderCreate) => call.post("/api/identity-providers", identityProvider, body),
    changeProvider: (id: string, rev: number, body: IdentityProviderPatch) =>
      call.send(at("identity-providers", id), identityProvider, against(rev, "PATCH", body)),
    removeProvider: (id: string, rev: number) =>
      call.send(at("identity-providers", id), nothing, against(rev, "DELETE")),
  };
}

function queryOf(query: Record<string, string>): string {
  return `?${new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""))}`;
}
