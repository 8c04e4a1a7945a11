import { DEMO_MODEL } from "#contract/provider";
import * as budgets from "#data/budgets";
import * as conversations from "#data/conversations";
import * as credentials from "#data/credentials";
import * as dataKeys from "#data/data-keys";
import * as files from "#data/files";
import * as idempotency from "#data/idempotency";
import * as members from "#data/members";
import * as models from "#data/models";
import * as orgDeletion from "#data/org-deletion";
import * as orgs from "#data/orgs";
import * as providers from "#data/providers";
import * as repositories from "#data/repositories";
import * as search from "#data/search";
import { ACCESS_CALLS } from "./access-calls.ts";
import { type Call, NOW } from "./repository-call.ts";
import { SEEDED_ID as ID, MARK, MARKED_NUMBER } from "./tenants.ts";

const looker = { memberId: ID, role: "owner" as const, spaces: {} };
const lease = { callId: "call", conversationId: ID, runId: "run", microUsd: 10, expiresAt: NOW + 60_000 };
const claim = { memberId: ID, key: `${MARK}-key`, digest: "digest" };
const head = {
  id: ID,
  kind: "code",
  title: "stolen",
  repository: null,
  spaceId: null,
  createdBy: ID,
  createdAt: new Date(NOW).toISOString(),
  archivedAt: null,
  approvals: [],
  questions: [],
  participants: [{ memberId: ID }],
  usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costMicroUsd: 0 },
} as unknown as Parameters<typeof conversations.indexConversation>[1];
const digest = { updatedAt: new Date(NOW).toISOString(), runStatus: null, lastSeq: MARKED_NUMBER, preview: "stolen" };
const page = { items: [], nextCursor: null };
const none = new Map();
const month = { monthLimit: null, monthSpent: 0, monthReserved: 0, ownLimit: null, ownSpent: 0, ownReserved: 0 };
const model = { name: "m", contextTokens: null };
const providerRow = {
  id: "prv_new",
  kind: "openai_compatible" as const,
  name: "new",
  slug: "new",
  baseUrl: null,
  models: JSON.stringify([model]),
  enabled: true,
  keySealed: null,
  keyLastFour: null,
  keyUpdatedAt: null,
  rev: 1,
  createdAt: NOW,
};
const credentialRow = {
  id: "crd_new",
  subject: "agent" as const,
  subjectId: ID,
  secretHash: null,
  publicJwk: null,
  createdBy: ID,
  createdAt: NOW,
};
const memberRow = {
  id: "mem_new",
  kind: "human" as const,
  name: "new",
  role: "member" as const,
  agentId: null,
  createdAt: NOW,
  accountId: null,
  email: null,
  state: "active" as const,
};
const repositoryRow = {
  id: "rep_new",
  name: "new",
  cloneUrl: "https://example.com/new.git",
  defaultBranch: "main",
  allowedHosts: "[]",
  createdAt: NOW,
};
const entry = { seq: MARKED_NUMBER, kind: "title" as const, text: "stolen", at: new Date(NOW).toISOString() };

/** Each function of `workers/shared/data` that takes a `TenantDb`, by its name. */
export const CALLS: Record<string, Call> = {
  ...ACCESS_CALLS,

  reserveMoney: { run: (db) => budgets.reserveMoney(db, lease, NOW), nothing: true, adds: true },
  settleMoney: {
    run: (db) => budgets.settleMoney(db, { callId: `${MARK}-id`, microUsd: 1 }, NOW),
    nothing: undefined,
  },
  usedMoney: { run: (db) => budgets.usedMoney(db, { conversationId: ID, now: NOW }), nothing: month },
  getBudgets: {
    run: (db) => budgets.getBudgets(db, NOW),
    nothing: {
      month: "2026-11",
      monthMicroUsd: null,
      spentMicroUsd: 0,
      reservedMicroUsd: 0,
      conversationMicroUsd: null,
      rev: 0,
    },
  },
  updateBudgets: { run: (db) => budgets.updateBudgets(db, MARKED_NUMBER, { monthMicroUsd: 1 }), nothing: false },
  getConversationBudget: {
    run: (db) => budgets.getConversationBudget(db, { conversationId: ID, now: NOW }),
    nothing: { limitMicroUsd: null, ownLimitMicroUsd: null, spentMicroUsd: 0, reservedMicroUsd: 0 },
  },
  setConversationLimit: { run: (db) => budgets.setConversationLimit(db, ID, 1), nothing: undefined, adds: true },

  listConversations: {
    run: (db) => conversations.listConversations(db, looker, { archived: false, limit: 10 }),
    nothing: page,
  },
  indexConversation: {
    run: (db) => conversations.indexConversation(db, head, digest),
    nothing: undefined,
    adds: true,
  },
  markRead: {
    run: (db) => conversations.markRead(db, { conversationId: ID, memberId: ID, seq: MARKED_NUMBER + 1 }),
    nothing: undefined,
    adds: true,
  },
  conversationsBefore: { run: (db) => orgDeletion.conversationsBefore(db, null, 10), nothing: [] },
  removeConversation: { run: (db) => conversations.removeConversation(db, ID), nothing: undefined },
  search: { run: (db) => search.search(db, looker, { q: "words", limit: 10 }), nothing: page },
  matchesWithin: { run: (db) => search.matchesWithin(db, "words", [ID]), nothing: none },
  writeEntries: {
    run: (db) => search.writeEntries(db, { id: ID, rev: MARKED_NUMBER + 1 }, [entry]),
    nothing: "refused",
  },

  orgKeys: { run: (db) => dataKeys.orgKeys(db), nothing: [] },
  keepOrgKey: {
    run: (db) => dataKeys.keepOrgKey(db, { id: "key", generation: 1, wrapped: "x", createdAt: NOW }),
    nothing: true,
    adds: true,
  },

  getFiles: { run: (db) => files.getFiles(db, [ID]), nothing: [] },
  fileAccess: { run: (db) => files.fileAccess(db, ID), nothing: null },
  noteFileUse: { run: (db) => files.noteFileUse(db, "new", [ID]), nothing: undefined, adds: true },
  insertFile: {
    run: (db) => files.insertFile(db, { id: "new", name: "n", mime: "m", size: 1, ownerId: ID, createdAt: NOW }),
    nothing: { id: "new", name: "n", mime: "m", size: 1, createdAt: new Date(NOW).toISOString() },
    adds: true,
  },

  claimKey: { run: (db) => idempotency.claimKey(db, claim), nothing: null, adds: true },
  keepAnswer: { run: (db) => idempotency.keepAnswer(db, claim, "stolen"), nothing: undefined },
  dropKey: { run: (db) => idempotency.dropKey(db, claim), nothing: undefined },

  findCredential: { run: (db) => credentials.findCredential(db, ID), nothing: null },
  listCredentials: { run: (db) => credentials.listCredentials(db, { subject: "agent", subjectId: ID }), nothing: [] },
  insertCredential: { run: (db) => credentials.insertCredential(db, credentialRow), nothing: true, adds: true },
  touchCredential: { run: (db) => credentials.touchCredential(db, ID, NOW), nothing: undefined },
  revokeCredential: { run: (db) => credentials.revokeCredential(db, ID, NOW), nothing: false },
  findMember: { run: (db) => members.findMember(db, ID), nothing: null },
  memberOfAccount: { run: (db) => members.memberOfAccount(db, ID), nothing: null },
  memberByEmail: { run: (db) => members.memberByEmail(db, `${MARK}-email`), nothing: null },
  listMembers: { run: (db) => members.listMembers(db, { limit: 10, byEmail: true }), nothing: page },
  insertMember: { run: (db) => members.insertMember(db, memberRow), nothing: true, adds: true },
  updateMember: { run: (db) => members.updateMember(db, ID, { name: "stolen" }), nothing: false },
  changeMember: {
    run: (db) => members.changeMember(db, { id: ID, rev: MARKED_NUMBER }, { name: "stolen" }),
    nothing: false,
  },
  spacesOf: { run: (db) => members.spacesOf(db, ID, "owner"), nothing: {} },
  namesOf: { run: (db) => members.namesOf(db, [ID]), nothing: none },
  firstOwner: { run: (db) => orgs.firstOwner(db), nothing: null },
  defaultAgent: { run: (db) => orgs.defaultAgent(db), nothing: null },

  listModels: { run: async (db) => (await models.listModels(db)).map((one) => one.id), nothing: [DEMO_MODEL] },
  defaultModel: { run: (db) => models.defaultModel(db), nothing: DEMO_MODEL },
  listProviders: { run: (db) => providers.listProviders(db), nothing: [] },
  getProvider: { run: (db) => providers.getProvider(db, ID), nothing: null },
  getSealedProvider: { run: (db) => providers.getSealedProvider(db, ID), nothing: null },
  findSealedProvider: { run: (db) => providers.findSealedProvider(db, `${MARK}-slug`), nothing: null },
  insertProvider: { run: (db) => providers.insertProvider(db, providerRow), nothing: true, adds: true },
  updateProvider: {
    run: (db) => providers.updateProvider(db, { id: ID, rev: MARKED_NUMBER }, { name: "stolen" }),
    nothing: false,
  },
  removeProvider: { run: (db) => providers.removeProvider(db, ID), nothing: false },

  listRepositories: { run: (db) => repositories.listRepositories(db), nothing: [] },
  getRepository: { run: (db) => repositories.getRepository(db, ID), nothing: null },
  insertRepository: { run: (db) => repositories.insertRepository(db, repositoryRow), nothing: true, adds: true },
  allowHosts: { run: (db) => repositories.allowHosts(db, ID, ["stolen.example"]), nothing: false },
};
