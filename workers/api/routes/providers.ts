import { z } from "zod";
import { providerId } from "#contract/ids";
import {
  type Provider,
  type ProviderCreate,
  type ProviderPatch,
  provider,
  providerCheck,
  providerCreate,
  providerPatch,
} from "#contract/provider";
import {
  getProvider,
  getSealedProvider,
  insertProvider,
  listProviders,
  removeProvider,
  updateProvider,
} from "#data/providers";
import { forTenant } from "#data/tenant-db";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { newId } from "#platform/new-id";
import { allow } from "#platform/policy";
import { requireRev, revMismatch, tagged } from "#platform/preconditions";
import { ProblemError } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { guardUrl } from "#platform/safe-fetch";
import { openFor, providerKeyPlace, sealFor } from "#platform/secrets";
import { checkProvider } from "./provider-check.ts";

const params = z.object({ id: providerId });
const present = ({
  env,
  principal,
  params: { id },
}: {
  env: Env;
  principal: { orgId: string };
  params: { id: string };
}) => getProvider(forTenant(env, principal), id);
const TAG = "Models";

const list = defineRoute({
  method: "get",
  path: "/providers",
  summary: "The organisation's model providers",
  tag: TAG,
  policy: allow("providers.manage"),
  response: z.object({ items: z.array(provider), nextCursor: z.null() }),
  problems: ["unauthenticated", "forbidden"],
  handle: async ({ env, principal }) => ({ items: await listProviders(forTenant(env, principal)), nextCursor: null }),
});

const create = defineRoute({
  method: "post",
  path: "/providers",
  summary: "Add a model provider",
  tag: TAG,
  policy: allow("providers.manage"),
  body: providerCreate,
  response: provider,
  status: 201,
  audit: { action: "provider.create", target: ({ body }) => body.slug },
  problems: ["invalid", "unauthenticated", "forbidden", "conflict"],
  async handle({ env, principal, body }) {
    refuseUnusable(env, body);
    const id = newId("provider");
    const key = await sealedKey(env, { orgId: principal.orgId, id, apiKey: body.apiKey || null });
    const { kind, name, slug, baseUrl, enabled } = body;
    const models = JSON.stringify(body.models);
    const row = { id, kind, name, slug, baseUrl, enabled, models, ...key, rev: 1, createdAt: Date.now() };
    if (!(await insertProvider(forTenant(env, principal), row))) throw slugTaken(slug);
    return tagged(await mustGet(env, principal, id), 201);
  },
});

const read = defineRoute({
  method: "get",
  path: "/providers/:id",
  summary: "One model provider",
  tag: TAG,
  policy: allow("providers.manage"),
  params,
  response: provider,
  problems: ["unauthenticated", "forbidden", "not_found"],
  handle: async ({ env, principal, params: { id } }) => tagged(await mustGet(env, principal, id)),
});

const patch = defineRoute({
  method: "patch",
  path: "/providers/:id",
  summary: "Change a model provider",
  tag: TAG,
  policy: allow("providers.manage"),
  params,
  body: providerPatch,
  response: provider,
  audit: { action: "provider.change", before: present },
  problems: ["invalid", "unauthenticated", "forbidden", "not_found", "rev_mismatch"],
  async handle({ env, principal, params: { id }, body, request }) {
    const known = await mustGet(env, principal, id);
    requireRev(request, known.rev);
    const baseUrl = body.baseUrl === undefined ? known.baseUrl : body.baseUrl;
    refuseUnusable(env, { ...known, baseUrl });
    const set = { ...changedColumns(body), ...(await changedKey(env, { orgId: principal.orgId, id, body })) };
    if (!(await updateProvider(forTenant(env, principal), known, set))) throw revMismatch();
    return tagged(await mustGet(env, principal, id));
  },
});

const remove = defineRoute({
  method: "delete",
  path: "/providers/:id",
  summary: "Remove a model provider and its key",
  tag: TAG,
  policy: allow("providers.manage"),
  params,
  status: 204,
  audit: { action: "provider.remove", before: present },
  problems: ["unauthenticated", "forbidden", "not_found", "rev_mismatch"],
  async handle({ env, principal, params: { id }, request }) {
    const known = await mustGet(env, principal, id);
    requireRev(request, known.rev);
    await removeProvider(forTenant(env, principal), id);
  },
});

const check = defineRoute({
  method: "post",
  path: "/providers/:id/check",
  summary: "Try the connection to a provider with its stored key",
  tag: TAG,
  policy: allow("providers.manage"),
  params,
  response: providerCheck,
  audit: "provider.check",
  problems: ["unauthenticated", "forbidden", "not_found"],
  async handle({ env, principal, params: { id } }) {
    const known = await getSealedProvider(forTenant(env, principal), id);
    if (!known) throw notFound();
    const key =
      known.keySealed && (await openFor(env, providerKeyPlace(principal.orgId, id), known.keySealed).catch(() => null));
    if (known.keySealed && key === null)
      return { reachable: false, detail: "The stored key cannot be opened. Enter it again.", latencyMs: 0, models: [] };
    return checkProvider(env, { ...known, apiKey: key });
  },
});

const checkUnsaved = defineRoute({
  method: "post",
  path: "/providers/check",
  summary: "Try the connection to a provider before it is saved",
  tag: TAG,
  policy: allow("providers.manage"),
  body: providerCreate,
  response: providerCheck,
  audit: { action: "provider.check", target: ({ body }) => body.slug },
  problems: ["invalid", "unauthenticated", "forbidden"],
  handle: async ({ env, body }) => checkProvider(env, { ...body, apiKey: body.apiKey || null }),
});

/** `/providers/check` comes before `/providers/:id`, which would take its name for an id. */
export const providerRoutes: AnyRoute[] = [list, create, checkUnsaved, read, patch, remove, check];

async function mustGet(env: Env, principal: { orgId: string }, id: string): Promise<Provider> {
  const found = await getProvider(forTenant(env, principal), id);
  if (!found) throw notFound();
  return found;
}

function refuseUnusable(env: Env, body: Pick<ProviderCreate, "kind" | "slug" | "baseUrl">): void {
  if (body.slug === "demo") throw fieldProblem("slug", "demo is the name of the built-in model; choose another.");
  if (body.baseUrl === null) {
    if (body.kind === "openai_compatible" || body.kind === "workers_ai")
      throw fieldProblem("baseUrl", "A provider of this kind needs its base URL.");
    return;
  }
  const url = guardUrl(body.baseUrl, configOf(env).environment === "development");
  if (!url.ok) throw fieldProblem("baseUrl", url.problem.detail);
}

interface SealedColumns {
  keySealed: string | null;
  keyLastFour: string | null;
  keyUpdatedAt: number | null;
}

async function sealedKey(env: Env, key: { orgId: string; id: string; apiKey: string | null }): Promise<SealedColumns> {
  if (!key.apiKey) return { keySealed: null, keyLastFour: null, keyUpdatedAt: null };
  if (!/^[\x21-\x7e]+$/.test(key.apiKey)) throw fieldProblem("apiKey", "A key holds no spaces or line breaks.");
  const keySealed = await sealFor(env, providerKeyPlace(key.orgId, key.id), key.apiKey);
  return { keySealed, keyLastFour: lastFour(key.apiKey), keyUpdatedAt: Date.now() };
}

/** The end of a key, for people to tell keys apart; nothing of a key so short that four characters give it away. */
function lastFour(apiKey: string): string | null {
  return apiKey.length >= 12 ? apiKey.slice(-4) : null;
}

function changedColumns(body: ProviderPatch) {
  const { name, baseUrl, enabled, models } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(models === undefined ? {} : { models: JSON.stringify(models) }),
  };
}

async function changedKey(env: Env, change: { orgId: string; id: string; body: ProviderPatch }): Promise<object> {
  const { orgId, id, body } = change;
  return body.apiKey === undefined ? {} : sealedKey(env, { orgId, id, apiKey: body.apiKey || null });
}

function fieldProblem(field: string, message: string): ProblemError {
  return new ProblemError({ code: "invalid", detail: `${field}: ${message}`, fields: [{ field, message }] });
}

const notFound = () => new ProblemError({ code: "not_found", detail: "There is no such provider." });

const slugTaken = (slug: string) =>
  new ProblemError({
    code: "conflict",
    detail: `This organisation has a provider with the short name ${slug} already.`,
  });
