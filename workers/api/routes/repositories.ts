import { z } from "zod";
import { repositoryId } from "#contract/ids";
import { pageOf } from "#contract/page";
import { repository, repositoryCreate, repositoryPatch } from "#contract/repository";
import { allowHosts, getRepository, insertRepository, listRepositories } from "#data/repositories";
import { forTenant } from "#data/tenant-db";
import { checkCloneUrl, repositoryNameOf } from "#domain/repository/clone-url";
import { configOf } from "#platform/config";
import { newId } from "#platform/new-id";
import { allow } from "#platform/policy";
import { ProblemError, unwrap } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { checkRepository } from "./repository-check.ts";

const list = defineRoute({
  method: "get",
  path: "/repositories",
  summary: "List repositories by name",
  tag: "Repositories",
  policy: allow("repositories.list"),
  response: pageOf(repository),
  problems: ["unauthenticated"],
  handle: async ({ env, principal }) => ({
    items: await listRepositories(forTenant(env, principal)),
    nextCursor: null,
  }),
});

const read = defineRoute({
  method: "get",
  path: "/repositories/:id",
  summary: "A repository",
  tag: "Repositories",
  policy: allow("repositories.list"),
  params: z.object({ id: repositoryId }),
  response: repository,
  problems: ["unauthenticated", "not_found"],
  async handle({ env, principal, params }) {
    const found = await getRepository(forTenant(env, principal), params.id);
    if (!found) throw new ProblemError({ code: "not_found", detail: "There is no such repository." });
    return found;
  },
});

const create = defineRoute({
  method: "post",
  path: "/repositories",
  summary: "Add a repository by its clone URL; it must answer there",
  tag: "Repositories",
  policy: allow("repositories.create"),
  body: repositoryCreate,
  response: repository,
  status: 201,
  audit: { action: "repository.create", target: ({ body }) => body.cloneUrl },
  problems: ["invalid", "unauthenticated", "conflict"],
  async handle({ env, principal, body }) {
    const config = configOf(env);
    const cloneUrl = unwrap(checkCloneUrl(body.cloneUrl, { development: config.environment === "development" }));
    const defaultBranch = unwrap(await checkRepository(config, { cloneUrl, branch: body.defaultBranch ?? null }));
    const row = {
      id: newId("repository"),
      name: body.name ?? repositoryNameOf(cloneUrl),
      cloneUrl,
      defaultBranch,
      allowedHosts: "[]",
      createdAt: Date.now(),
    };
    if (!(await insertRepository(forTenant(env, principal), row))) {
      const fields = [{ field: "cloneUrl", message: "is added already" }];
      throw new ProblemError({ code: "conflict", detail: "This repository is added already.", fields });
    }
    return { ...row, allowedHosts: [], createdAt: new Date(row.createdAt).toISOString() };
  },
});

const patch = defineRoute({
  method: "patch",
  path: "/repositories/:id",
  summary:
    "Set the hosts that its sandbox containers may reach, beyond the gateways; it holds from their next start on",
  tag: "Repositories",
  policy: allow("repositories.manage"),
  params: z.object({ id: repositoryId }),
  body: repositoryPatch,
  response: repository,
  audit: {
    action: "repository.change",
    before: ({ env, principal, params }) => getRepository(forTenant(env, principal), params.id),
  },
  problems: ["invalid", "unauthenticated", "forbidden", "not_found"],
  async handle({ env, principal, params, body }) {
    const db = forTenant(env, principal);
    const known = await allowHosts(db, params.id, [...new Set(body.allowedHosts)]);
    const found = known ? await getRepository(db, params.id) : null;
    if (!found) throw new ProblemError({ code: "not_found", detail: "There is no such repository." });
    return found;
  },
});

export const repositoryRoutes: AnyRoute[] = [list, read, create, patch];
