import { z } from "zod";
import { apiKey, apiKeyCreate, apiKeyCreated } from "#contract/api-key";
import { apiKeyId } from "#contract/ids";
import { insertApiKey, listApiKeys, ownerOfKey, revokeApiKey } from "#data/api-keys";
import { forTenant } from "#data/tenant-db";
import { can } from "#domain/access/can";
import { newApiKey } from "#platform/api-keys";
import { newId } from "#platform/new-id";
import { allow } from "#platform/policy";
import { ProblemError } from "#platform/problem-response";
import { closeMemberSockets } from "#platform/revocation";
import { type AnyRoute, defineRoute } from "#platform/route";

const tag = "API keys";
const DAY_MS = 24 * 60 * 60_000;

const list = defineRoute({
  method: "get",
  path: "/api-keys",
  summary: "Your API keys; with all=true those of everybody, for administrators",
  tag,
  policy: allow("account.read"),
  query: z.object({ all: z.enum(["true", "false"]).default("false") }),
  response: z.object({ items: z.array(apiKey), nextCursor: z.null() }),
  problems: ["unauthenticated", "forbidden"],
  async handle({ env, principal, query }) {
    const all = query.all === "true";
    if (all && !can(principal, "keys.manage", { kind: "org" })) throw forbidden();
    return {
      items: await listApiKeys(forTenant(env, principal), all ? undefined : principal.memberId),
      nextCursor: null,
    };
  },
});

const create = defineRoute({
  method: "post",
  path: "/api-keys",
  summary: "Make an API key; its token is told once. It can do what you can, within its scopes, but make no other",
  tag,
  policy: allow("account.manage"),
  audit: { action: "api_key.create", target: ({ body }) => body.name },
  body: apiKeyCreate,
  response: apiKeyCreated,
  status: 201,
  problems: ["invalid", "unauthenticated", "forbidden"],
  async handle({ env, principal, body }) {
    // A key that a key or a token makes would outlive it, and the end that whoever revokes it means.
    if (principal.via === "api_key" || principal.via === "agent_token")
      throw new ProblemError({ code: "forbidden", detail: "Only who is signed in makes keys, and no key or token." });
    const { token, tokenHash, lastFour } = await newApiKey(principal.orgId);
    const now = Date.now();
    const key = await insertApiKey(forTenant(env, principal), {
      ...{ id: newId("apiKey"), memberId: principal.memberId, name: body.name, tokenHash, lastFour },
      scopes: JSON.stringify([...new Set(body.scopes)]),
      expiresAt: body.expiresInDays === null ? null : now + body.expiresInDays * DAY_MS,
      ...{ createdAt: now, lastUsedAt: null, revokedAt: null },
    });
    return { key, token };
  },
});

const revoke = defineRoute({
  method: "delete",
  path: "/api-keys/:id",
  summary: "Revoke an API key of yours, or anybody's for administrators",
  tag,
  policy: allow("account.manage"),
  audit: "api_key.revoke",
  params: z.object({ id: apiKeyId }),
  status: 204,
  problems: ["unauthenticated", "forbidden", "not_found"],
  async handle({ env, principal, params: { id } }) {
    const anybody = can(principal, "keys.manage", { kind: "org" });
    const db = forTenant(env, principal);
    const memberId = await ownerOfKey(db, id);
    const revoked =
      memberId !== null &&
      (anybody || memberId === principal.memberId) &&
      (await revokeApiKey(db, { id, memberId }, Date.now()));
    if (!revoked) throw new ProblemError({ code: "not_found", detail: "There is no such key." });
    await closeMemberSockets(env, db.orgId, { memberId });
  },
});

export const apiKeyRoutes: AnyRoute[] = [list, create, revoke];

const forbidden = () => new ProblemError({ code: "forbidden", detail: "Only administrators see the keys of others." });
