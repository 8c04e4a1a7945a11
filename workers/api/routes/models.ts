import { pageOf } from "#contract/page";
import { model } from "#contract/provider";
import { listModels } from "#data/models";
import { forTenant } from "#data/tenant-db";
import { allow } from "#platform/policy";
import { type AnyRoute, defineRoute } from "#platform/route";

const list = defineRoute({
  method: "get",
  path: "/models",
  summary: "The models a run can use; the first is the default of new conversations",
  tag: "Models",
  policy: allow("models.list"),
  response: pageOf(model),
  problems: ["unauthenticated", "forbidden"],
  handle: async ({ env, principal }) => ({ items: await listModels(forTenant(env, principal)), nextCursor: null }),
});

export const modelRoutes: AnyRoute[] = [list];
