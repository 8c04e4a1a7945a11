import { z } from "zod";
import type { AnyRoute } from "#platform/route";

interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  example?: unknown;
  format?: string;
  minItems?: number;
  minimum?: number;
  minLength?: number;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
}

/** Where the simplest value of its form will not do. */
const BODIES: Record<string, unknown> = {
  "put /audit/policy": { retentionDays: 0 },
  "post /conversations/:id/exec": { command: "id" },
  "post /repositories": { cloneUrl: "http://127.0.0.1:9/team/project.git" },
  "post /providers": { kind: "openai_compatible", name: "p", slug: "p", baseUrl: "http://127.0.0.1:9/v1" },
  "post /providers/check": { kind: "openai_compatible", name: "p", slug: "p", baseUrl: "http://127.0.0.1:9/v1" },
};
const QUERY = "path=README.md&purge=true&format=jsonl&slug=another";

/** A valid request to any route, to ids that name nothing. A body that is not valid is named: it needs a line in `BODIES`. */
export function sampleRequest(route: AnyRoute): { path: string; init: RequestInit } {
  const key = `${route.method} ${route.path}`;
  const params = (route.params ? sampleOf(route.params) : {}) as Record<string, string>;
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? "");
  const method = route.method.toUpperCase();
  const upgrade: Record<string, string> = key === "get /conversations/:id/terminal" ? { upgrade: "websocket" } : {};
  const body = sampleBody(route);
  if (body === undefined) return { path: `${path}?${QUERY}`, init: { method, headers: upgrade } };
  const headers = { "content-type": "application/json", "x-file-name": "a.txt" };
  return {
    path: `${path}?${QUERY}`,
    init: { method, headers, body: typeof body === "string" ? body : JSON.stringify(body) },
  };
}

/** A valid body of a route: text where it takes bytes, undefined where it takes none. */
export function sampleBody(route: AnyRoute): unknown {
  if (!route.body) return undefined;
  if ("bytes" in route.body) return "bytes";
  const key = `${route.method} ${route.path}`;
  const body = BODIES[key] ?? sampleOf(route.body);
  const wrong = route.body.safeParse(body).error;
  if (wrong) throw new Error(`${key}: ${JSON.stringify(body)} is no valid body: ${wrong.message}`);
  return body;
}

function sampleOf(schema: z.ZodType): unknown {
  return simplest(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema);
}

function simplest(schema: Schema): unknown {
  const fixed = schema.example ?? schema.const ?? schema.default ?? schema.enum?.[0];
  if (fixed !== undefined) return fixed;
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice) return simplest(choice);
  if (schema.type === "object") return objectOf(schema);
  if (schema.type === "array") return Array.from({ length: schema.minItems ?? 0 }, () => simplest(schema.items ?? {}));
  if (schema.type === "boolean") return true;
  if (schema.type === "string") return textOf(schema);
  return Math.max(1, schema.minimum ?? 1);
}

function objectOf({ properties = {}, required = [] }: Schema): unknown {
  return Object.fromEntries(required.map((name) => [name, simplest(properties[name] ?? {})]));
}

const FORMATS: Record<string, string> = {
  uri: "http://127.0.0.1:9/",
  email: "somebody@example.com",
  "date-time": "2026-11-20T08:00:00.000Z",
};

function textOf({ format = "", minLength = 1 }: Schema): string {
  return FORMATS[format] ?? "a".repeat(Math.max(1, minLength));
}
