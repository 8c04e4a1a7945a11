import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { problemDocument } from "#contract/problem";
import { PROBLEM_FACES } from "#platform/problem-response";
import type { AnyRoute } from "#platform/route";

/** The OpenAPI 3.1 document of the routes, made from the same schemas that validate them. */
export function openApiDocument(routes: AnyRoute[], serverUrl: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const path = `/api${route.path.replace(/:(\w+)/g, "{$1}")}`;
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Quayside",
      version: "1.0.0",
      description: "Conversations of people and coding agents. Errors are RFC 9457 problems; branch on `code`.",
    },
    servers: [{ url: serverUrl }],
    paths,
  });
}

function operationOf(route: AnyRoute) {
  const status = String(route.status ?? (route.response ? 200 : 204));
  const answer = route.response ? { content: { "application/json": { schema: route.response } } } : {};
  return {
    operationId: `${route.method} ${route.path}`,
    summary: route.summary,
    tags: [route.tag],
    "x-policy": route.policy.name,
    ...(route.audit === null ? {} : { "x-audit": route.audit }),
    requestParams: {
      ...(route.params ? { path: route.params as never } : {}),
      ...(route.query ? { query: route.query as never } : {}),
    },
    ...requestBodyOf(route),
    responses: { [status]: { description: "Done", ...answer }, ...problemsOf(route) },
  };
}

function requestBodyOf(route: AnyRoute) {
  if (!route.body) return {};
  if ("bytes" in route.body) {
    const schema = { type: "string" as const, format: "binary" };
    return { requestBody: { required: true, content: { "application/octet-stream": { schema } } } };
  }
  return { requestBody: { required: true, content: { "application/json": { schema: route.body } } } };
}

/** Problems by status: several codes can share one. */
function problemsOf(route: AnyRoute) {
  const byStatus = new Map<number, string[]>();
  for (const code of route.problems) {
    const { status } = PROBLEM_FACES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { "application/problem+json": { schema: problemDocument } };
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, { description: codes.join(", "), content }]),
  );
}
