import { pageOf } from "#contract/page";
import { searchHit, searchQuery } from "#contract/search";
import { search } from "#data/search";
import { forTenant } from "#data/tenant-db";
import { allow } from "#platform/policy";
import { type AnyRoute, defineRoute } from "#platform/route";

const find = defineRoute({
  method: "get",
  path: "/search",
  summary: "Search titles, messages and the output of tools, titles first, then the newest",
  tag: "Search",
  policy: allow("conversations.list"),
  query: searchQuery,
  response: pageOf(searchHit),
  problems: ["invalid", "unauthenticated"],
  handle: ({ env, principal, query }) => search(forTenant(env, principal), principal, query),
});

export const searchRoutes: AnyRoute[] = [find];
