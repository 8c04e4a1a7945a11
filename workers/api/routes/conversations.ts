import { z } from "zod";
import {
  type ConversationRepository,
  conversationCreate,
  conversationHead,
  conversationKind,
  conversationPatch,
  conversationSummary,
  snapshot,
} from "#contract/conversation";
import { conversationId, repositoryId, spaceId } from "#contract/ids";
import { pageOf, pageQuery } from "#contract/page";
import { conversationUsage } from "#contract/usage";
import { listConversations, removeConversation } from "#data/conversations";
import { defaultModel, listModels } from "#data/models";
import { defaultAgent } from "#data/orgs";
import { getRepository } from "#data/repositories";
import { forTenant, type TenantDb } from "#data/tenant-db";
import { newId } from "#platform/new-id";
import { allow, within } from "#platform/policy";
import type { MemberPrincipal } from "#platform/principal";
import { ProblemError, unwrap } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { conversationStub } from "#platform/stubs";
import { deleteSandbox } from "./sandbox-binding.ts";

const tag = "Conversations";
const params = z.object({ id: conversationId });
const flag = z.enum(["true", "false"]).transform((text) => text === "true");

/** What a conversation keeps of its repository; null where it has none. */
async function repositoryOf(db: TenantDb, id: string | undefined): Promise<ConversationRepository | null> {
  if (id === undefined) return null;
  const found = await getRepository(db, id);
  if (found) return { id: found.id, name: found.name, defaultBranch: found.defaultBranch };
  const fields = [{ field: "repositoryId", message: "names no repository of this organisation" }];
  throw new ProblemError({ code: "not_found", detail: "There is no such repository.", fields });
}

/** A model of the org's providers, or the built-in one; any other is `invalid`. */
async function checkModel(db: TenantDb, model: string | undefined): Promise<void> {
  if (model === undefined || (await listModels(db)).some((one) => one.id === model)) return;
  const fields = [{ field: "model", message: "is no model of this organisation; GET /api/models lists them" }];
  throw new ProblemError({ code: "invalid", detail: `model: ${fields[0]?.message}.`, fields });
}

/** Nobody begins a conversation where they would not see it, or only look on. */
function checkSpace(principal: MemberPrincipal, spaceId: string | undefined): void {
  const role = spaceId === undefined ? "member" : principal.spaces[spaceId];
  if (role === "member" || role === "lead") return;
  const fields = [{ field: "spaceId", message: "names no space in which you may begin a conversation" }];
  throw new ProblemError({ code: "not_found", detail: "There is no such space.", fields });
}

const list = defineRoute({
  method: "get",
  path: "/conversations",
  summary: "List conversations, the latest changed first",
  tag,
  policy: allow("conversations.list"),
  query: pageQuery.extend({
    kind: conversationKind.optional(),
    repositoryId: repositoryId.optional(),
    spaceId: spaceId.optional(),
    q: z.string().trim().max(200).optional(),
    archived: flag.default(false),
  }),
  response: pageOf(conversationSummary),
  problems: ["invalid", "unauthenticated"],
  handle: ({ env, principal, query }) => listConversations(forTenant(env, principal), principal, query),
});

const create = defineRoute({
  method: "post",
  path: "/conversations",
  summary: "Start a conversation",
  tag,
  policy: allow("conversations.create"),
  body: conversationCreate,
  response: conversationHead,
  status: 201,
  audit: "log",
  problems: ["invalid", "unauthenticated", "not_found", "conflict"],
  async handle({ env, principal, body }) {
    const db = forTenant(env, principal);
    const [agent, repository] = await Promise.all([defaultAgent(db), repositoryOf(db, body.repositoryId)]);
    await checkModel(db, body.model);
    checkSpace(principal, body.spaceId);
    if (!agent) throw new ProblemError({ code: "conflict", detail: "This organisation has no agent yet." });
    const id = newId("conversation");
    const head = await conversationStub(env, principal.orgId, id).create(principal, {
      id,
      kind: body.kind,
      title: body.title ?? null,
      repository,
      settings: {
        executor: body.executor ?? "edge",
        model: body.model ?? (await defaultModel(db)),
        ...(body.agentMode ? { agentMode: body.agentMode } : {}),
        autonomy: body.autonomy ?? "auto_safe",
      },
      spaceId: body.spaceId ?? null,
      agent,
      at: Date.now(),
    });
    return unwrap(head);
  },
});

const read = defineRoute({
  method: "get",
  path: "/conversations/:id",
  summary: "A conversation's head and the newest part of its transcript, or the part before an entry",
  tag,
  policy: within("conversation.read"),
  params,
  query: z.object({
    before: z.coerce.number().int().positive().optional(),
    beforeItem: z.coerce.number().int().positive().optional(),
  }),
  response: snapshot,
  problems: ["unauthenticated", "not_found"],
  async handle({ env, principal, params, query }) {
    const end = query.before ? { seq: query.before, itemSeq: query.beforeItem ?? null } : undefined;
    return unwrap(await conversationStub(env, principal.orgId, params.id).snapshot(principal, end));
  },
});

const usage = defineRoute({
  method: "get",
  path: "/conversations/:id/usage",
  summary: "What a conversation's model calls used and cost, in all and per model",
  tag,
  policy: within("conversation.read"),
  params,
  response: conversationUsage,
  problems: ["unauthenticated", "not_found"],
  handle: async ({ env, principal, params }) =>
    unwrap(await conversationStub(env, principal.orgId, params.id).usage(principal)),
});

const patch = defineRoute({
  method: "patch",
  path: "/conversations/:id",
  summary: "Rename, configure, archive or restore a conversation",
  tag,
  policy: within("conversation.change"),
  params,
  body: conversationPatch,
  response: conversationHead,
  audit: "log",
  problems: ["invalid", "unauthenticated", "not_found", "rev_mismatch"],
  async handle({ env, principal, params, body, request }) {
    const stub = conversationStub(env, principal.orgId, params.id);
    const { head } = unwrap(await stub.head(principal));
    await checkModel(forTenant(env, principal), body.model);
    const expected = request.headers.get("if-match");
    if (expected !== null && expected !== `"${head.rev}"`) {
      throw new ProblemError({
        code: "rev_mismatch",
        detail: "The conversation was changed meanwhile. Read it again.",
      });
    }
    const { title, archived, ...settings } = body;
    const clientId = () => crypto.randomUUID();
    if (title !== undefined)
      unwrap(await stub.command(principal, { type: "conversation.rename", clientId: clientId(), title }));
    if (Object.keys(settings).length > 0) {
      unwrap(await stub.command(principal, { type: "conversation.configure", clientId: clientId(), ...settings }));
    }
    if (archived !== undefined) {
      unwrap(await stub.command(principal, { type: "conversation.archive", clientId: clientId(), archived }));
    }
    return unwrap(await stub.head(principal)).head;
  },
});

const remove = defineRoute({
  method: "delete",
  path: "/conversations/:id",
  summary: "Archive a conversation; with purge=true an administrator deletes it with everything in it for good",
  tag,
  policy: within("conversation.change"),
  params,
  query: z.object({ purge: flag.default(false) }),
  status: 204,
  audit: { action: "conversation.purge", when: ({ query }) => query.purge },
  problems: ["unauthenticated", "forbidden", "not_found", "unavailable"],
  async handle({ env, principal, params, query }) {
    const stub = conversationStub(env, principal.orgId, params.id);
    if (!query.purge) {
      unwrap(
        await stub.command(principal, { type: "conversation.archive", clientId: crypto.randomUUID(), archived: true }),
      );
      return;
    }
    unwrap(await stub.head(principal, "conversation.purge"));
    // First, while the conversation still says which sandbox is its own: a purge that breaks off can be repeated.
    await deleteSandbox({ env, principal, params });
    unwrap(await stub.purge(principal));
    await removeConversation(forTenant(env, principal), params.id);
  },
});

export const conversationRoutes: AnyRoute[] = [list, create, read, usage, patch, remove];
