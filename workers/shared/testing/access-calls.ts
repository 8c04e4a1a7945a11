import * as apiKeys from "#data/api-keys";
import * as identityProviders from "#data/identity-providers";
import * as invitations from "#data/invitations";
import * as sockets from "#data/socket-places";
import * as spaces from "#data/spaces";
import { type Call, NOW } from "./repository-call.ts";
import { SEEDED_ID as ID, MARK, MARKED_NUMBER } from "./tenants.ts";

const keyRow = {
  ...{ id: "key_new", memberId: ID, name: "new", tokenHash: "hash", lastFour: "last", scopes: '["read"]' },
  ...{ createdAt: NOW, expiresAt: null, lastUsedAt: null, revokedAt: null },
};
const invitationRow = {
  ...{ id: "inv_new", email: "new@example.com", role: "member" as const, spaces: "[]", tokenHash: "hash" },
  ...{ invitedBy: ID, createdAt: NOW, expiresAt: NOW + 1, acceptedAt: null, revokedAt: null },
};
const providerRow = {
  ...{ id: "idp_new", name: "new", issuer: "https://new.example", clientId: "new", secretSealed: null },
  ...{ secretLastFour: null, secretUpdatedAt: null, scopes: "openid", groupsClaim: null, roleOfGroup: "{}" },
  ...{ enabled: true, createdAt: NOW, rev: 1 },
};
const spaceRow = {
  ...{ id: "spc_new", name: "new", visibility: "open" as const, ownerId: null },
  ...{ createdAt: NOW, archivedAt: null, rev: 1 },
};
const known = { ...spaceRow, orgId: "org", id: ID, rev: MARKED_NUMBER };
const looker = { memberId: ID, spaces: { [ID]: "lead" as const }, admin: true };

/** Calls of what decides who may do what: keys, invitations, spaces, identity providers, sockets. */
export const ACCESS_CALLS: Record<string, Call> = {
  findApiKey: { run: (db) => apiKeys.findApiKey(db, `${MARK}-token_hash`, NOW), nothing: null },
  listApiKeys: { run: (db) => apiKeys.listApiKeys(db), nothing: [] },
  insertApiKey: {
    run: async (db) => (await apiKeys.insertApiKey(db, keyRow)).id,
    nothing: "key_new",
    adds: true,
  },
  revokeApiKey: { run: (db) => apiKeys.revokeApiKey(db, { id: ID }, NOW), nothing: false },
  ownerOfKey: { run: (db) => apiKeys.ownerOfKey(db, ID), nothing: null },
  revokeKeysOf: { run: (db) => apiKeys.revokeKeysOf(db, ID, NOW), nothing: undefined },
  noteKeyUse: { run: (db) => apiKeys.noteKeyUse(db, ID, MARKED_NUMBER * 1e6), nothing: undefined },

  listInvitations: { run: (db) => invitations.listInvitations(db, NOW), nothing: [] },
  findInvitation: { run: (db) => invitations.findInvitation(db, `${MARK}-token_hash`), nothing: null },
  insertInvitation: {
    run: async (db) => (await invitations.insertInvitation(db, { ...invitationRow, email: `${MARK}-email` })).id,
    nothing: "inv_new",
    adds: true,
  },
  revokeInvitation: { run: (db) => invitations.revokeInvitation(db, ID, NOW), nothing: false },
  takeInvitation: { run: (db) => invitations.takeInvitation(db, ID, 1), nothing: false },

  listIdentityProviders: { run: (db) => identityProviders.listIdentityProviders(db), nothing: [] },
  findIdentityProvider: { run: (db) => identityProviders.findIdentityProvider(db, ID), nothing: null },
  insertIdentityProvider: {
    run: (db) => identityProviders.insertIdentityProvider(db, providerRow),
    nothing: undefined,
    adds: true,
  },
  updateIdentityProvider: {
    run: (db) => identityProviders.updateIdentityProvider(db, { id: ID, rev: MARKED_NUMBER }, { name: "stolen" }),
    nothing: false,
  },
  removeIdentityProvider: { run: (db) => identityProviders.removeIdentityProvider(db, ID), nothing: undefined },

  listSpaces: { run: (db) => spaces.listSpaces(db, looker, true), nothing: [] },
  findSpace: { run: (db) => spaces.findSpace(db, ID), nothing: null },
  spacesIn: { run: (db) => spaces.spacesIn(db, [ID]), nothing: [] },
  insertSpace: { run: (db) => spaces.insertSpace(db, spaceRow, ID), nothing: "refused" },
  updateSpace: {
    run: (db) => spaces.updateSpace(db, known, { patch: { name: "stolen" }, now: NOW }),
    nothing: false,
  },
  listSpaceMembers: { run: (db) => spaces.listSpaceMembers(db, ID), nothing: [] },
  putSpaceMember: {
    run: (db) => spaces.putSpaceMember(db, ID, { memberId: ID, role: "viewer" }),
    nothing: "refused",
  },
  dropSpaceMember: { run: (db) => spaces.dropSpaceMember(db, ID, ID), nothing: "absent" },
  leaveSpaces: { run: (db) => spaces.leaveSpaces(db, ID), nothing: undefined },
  enterSpaces: {
    run: (db) =>
      spaces.enterSpaces(
        db,
        { id: ID, name: "stolen" },
        { grants: [{ spaceId: ID, role: "lead" }], personalId: null, at: NOW },
      ),
    nothing: undefined,
  },

  noteSocket: {
    run: (db) => sockets.noteSocket(db, { memberId: ID, conversationId: ID, at: MARKED_NUMBER + 1 }),
    nothing: undefined,
    adds: true,
  },
  membersWithSockets: { run: (db) => sockets.membersWithSockets(db), nothing: [] },
  socketPlacesOf: { run: (db) => sockets.socketPlacesOf(db, ID), nothing: [] },
};
